internal import HTML

/// Asks for the admin token.
struct SignInPage {
    let notice: String?
    let complaint: String?

    var page: Page {
        .console(title: "Sign in", actor: nil, notice: notice) {
            Form(.class("card card-narrow"), .method(.post), .action("/console/sign-in")) {
                H1("Sign in")
                if let complaint {
                    P(complaint, .class("alert alert-fail"), .role("alert"))
                }
                Label("Admin token", .for("token"))
                Input(
                    .id("token"), .name("token"), .type(.password), .autocomplete("current-password"), .required(),
                    .autofocus())
                P("The token is in the file admin-token in LIFEOS_HOME, or in LIFEOS_ADMIN_TOKEN.", .class("hint"))
                Button("Sign in", .class("button"), .type(.submit))
            }
        }
    }
}
