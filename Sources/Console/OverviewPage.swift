internal import Accounts
internal import HTML

/// The first page: which Life-OS this is and whether it is well.
struct OverviewPage {
    let actor: Actor
    let notice: String?
    let version: String
    let address: String
    let health: [ConsoleRoutes.HealthRow]

    var page: Page {
        .console(title: "Overview", actor: actor, notice: notice) {
            H1("Overview")
            Div(.class("cards")) {
                Section(.class("card")) {
                    H2("This installation")
                    DL(.class("facts")) {
                        DT("Version")
                        DD(version)
                        DT("Address")
                        DD { Code(address) }
                    }
                }
                Section(.class("card")) {
                    H2("Health")
                    DL(.class("facts")) {
                        for row in health {
                            DT(row.name)
                            DD {
                                Span(row.state, .class("badge", Self.badge(row.state)))
                                " "
                                row.detail
                            }
                        }
                    }
                }
            }
        }
    }

    private static func badge(_ state: String) -> String {
        switch state {
        case "ok": "badge-ok"
        case "degraded": "badge-warn"
        default: "badge-fail"
        }
    }
}
