internal import Accounts
internal import HTML

extension Page {
    /// The frame of every page of the console. To add a place to the menu, add it to ``places``.
    ///
    /// - Parameters:
    ///   - actor: who is signed in; nil for pages that anyone may see.
    ///   - notice: a sentence at the top of every page.
    ///   - modules: addresses of scripts that the page is better with, and works without.
    static func console(
        title: String, actor: Actor?, notice: String?, modules: [String] = [], @MarkupBuilder content: () -> Markup
    ) -> Page {
        Page(title: "\(title) · Life-OS", stylesheets: ["/console/styles/console.css"], modules: modules) {
            A("Skip to content", .class("skip-link"), .href("#content"))
            Header(.class("site-header")) {
                A("Life-OS", .class("brand"), .href("/console"))
                if let actor {
                    Nav(.class("site-nav"), .aria("label", "Console")) {
                        for place in places {
                            A(place.name, .href(place.path), .aria("current", place.name == title ? "page" : nil))
                        }
                    }
                    Form(.method(.post), .action("/console/sign-out")) {
                        Span(actor.name, .class("site-actor"))
                        Button("Sign out", .class("button button-quiet"), .type(.submit))
                    }
                }
            }
            if let notice { P(notice, .class("alert alert-warn site-notice"), .role("status")) }
            Main(.id("content"), .class("site-main")) { content() }
        }
    }

    private static let places = [
        (name: "Overview", path: "/console"), (name: "History", path: "/console/history"),
        (name: "API", path: "/api"),
    ]
}
