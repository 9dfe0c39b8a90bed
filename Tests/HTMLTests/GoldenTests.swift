import HTML
import Testing

@Suite struct GoldenTests {
    private func text(_ markup: Markup) -> String { String(decoding: markup.render(), as: UTF8.self) }

    @Test func aPageIsAWholeDocument() {
        let rows = [(name: "version", value: "2.0"), (name: "address", value: "127.0.0.1:8080")]
        let page = Page(
            title: "Life-OS <1>", stylesheets: ["/console/styles/console.css"], modules: ["/console/modules/live.js"],
            icon: "/console/icon.svg", metadata: ["description": "A \"console\""]
        ) {
            Main {
                H1("Life-OS")
                DL {
                    for row in rows {
                        DT(row.name)
                        DD(row.value)
                    }
                }
            }
        }
        #expect(
            String(decoding: page.render(), as: UTF8.self)
                == #"<!doctype html><html lang="en"><head><meta charset="utf-8">"#
                + #"<meta name="viewport" content="width=device-width, initial-scale=1"><title>Life-OS &lt;1&gt;</title>"#
                + #"<meta name="description" content="A &quot;console&quot;"><link rel="icon" href="/console/icon.svg">"#
                + #"<link rel="stylesheet" href="/console/styles/console.css">"#
                + #"<script type="module" src="/console/modules/live.js"></script></head><body><main><h1>Life-OS</h1>"#
                + "<dl><dt>version</dt><dd>2.0</dd><dt>address</dt><dd>127.0.0.1:8080</dd></dl></main></body></html>")
    }

    struct Badge: Component {
        var count: Int

        var body: Markup {
            if count > 0 { Strong("\(count)", .class("badge")) }
        }
    }

    enum State { case loading, failed(String), done }

    @MarkupBuilder private func status(_ state: State) -> Markup {
        switch state {
        case .loading: Progress()
        case .failed(let reason):
            Strong("Failed: ")
            reason
        case .done: "Done"
        }
    }

    @Test func conditionsLoopsAndComponentsAreBuilt() {
        func list(_ isOpen: Bool, _ note: String?) -> Markup {
            Markup {
                if isOpen { P("open") } else { P("closed") }
                if let note { Em(note) }
                for count in [0, 2] { Badge(count: count) }
            }
        }
        #expect(text(list(true, "n")) == "<p>open</p><em>n</em><strong class=\"badge\">2</strong>")
        #expect(text(list(false, nil)) == "<p>closed</p><strong class=\"badge\">2</strong>")
        #expect(text(status(.loading)) == "<progress></progress>")
        #expect(text(status(.failed("a<b"))) == "<strong>Failed: </strong>a&lt;b")
        #expect(text(status(.done)) == "Done")
        #expect(text(Markup()) == "")
        #expect(text(Div().body) == "<div></div>")
    }

    @Test func aTableIsWritten() {
        let table = Table(.class("entities")) {
            Caption("Entities")
            ColGroup { Col(.class("narrow")) }
            THead { TR { TH("Name", .scope(.col), .aria("sort", "ascending")) } }
            TBody { TR(.data("id", "7")) { TD("Hat", .colSpan(2)) } }
            TFoot { TR { TD { A("all", .href("/all")) } } }
        }
        #expect(
            text(table.body)
                == #"<table class="entities"><caption>Entities</caption><colgroup><col class="narrow"></colgroup>"#
                + #"<thead><tr><th scope="col" aria-sort="ascending">Name</th></tr></thead>"#
                + #"<tbody><tr data-id="7"><td colspan="2">Hat</td></tr></tbody>"#
                + #"<tfoot><tr><td><a href="/all">all</a></td></tr></tfoot></table>"#)
    }

    @Test func aFormIsWritten() {
        let form = Form(.method(.post), .action("/save"), .multipart) {
            FieldSet {
                Legend("Hat")
                Label("Name", .for("name"))
                Input(.type(.text), .id("name"), .name("name"), .value("\"Red\""), .required(), .disabled(false))
                Input(.type(.localDateTime), .name("at"), .min("2026-01-01T00:00"))
                Select(.name("size")) { Option("small", .value("s"), .selected()) }
                TextArea("\nkeeps its first line", .rows(3), .readOnly())
            }
            Button("Save", .type(.submit), .formAction("javascript:alert(1)"))
        }
        #expect(
            text(form.body)
                == #"<form method="post" action="/save" enctype="multipart/form-data"><fieldset><legend>Hat</legend>"#
                + #"<label for="name">Name</label>"#
                + #"<input type="text" id="name" name="name" value="&quot;Red&quot;" required>"#
                + #"<input type="datetime-local" name="at" min="2026-01-01T00:00">"#
                + #"<select name="size"><option value="s" selected>small</option></select>"#
                + "<textarea rows=\"3\" readonly>\n\nkeeps its first line</textarea></fieldset>"
                + ##"<button type="submit" formaction="#">Save</button></form>"##)
    }

    @Test func whatOpensAndShowsIsWritten() {
        let parts = Markup {
            Details(.open()) {
                Summary("More")
                P {
                    "At "; Time("noon", .dateTime("2026-11-21T12:00:00Z")); BR(); Code("x < y")
                }
            }
            Dialog(.id("ask"), .aria("modal", true)) { P("Sure?") }
            Figure {
                Img(.src("/a.png"), .alt(""), .width(20), .lazy)
                FigCaption("A picture", .class("a", nil, "b"))
            }
            Nav(.class(nil), .hidden(), .data("empty")) {
                UL { LI { A("out", .href("https://example.org"), .newTab) } }
            }
        }
        #expect(
            text(parts)
                == "<details open><summary>More</summary><p>At <time datetime=\"2026-11-21T12:00:00Z\">noon</time><br>"
                + "<code>x &lt; y</code></p></details><dialog id=\"ask\" aria-modal=\"true\"><p>Sure?</p></dialog>"
                + "<figure><img src=\"/a.png\" alt=\"\" width=\"20\" loading=\"lazy\">"
                + "<figcaption class=\"a b\">A picture</figcaption></figure>"
                + "<nav hidden data-empty=\"\"><ul><li><a href=\"https://example.org\" target=\"_blank\">out</a></li></ul></nav>"
        )
    }

    @Test func aChartIsWritten() {
        let points = [(x: 0.0, y: 1.5), (x: 10.0, y: -0.12345), (x: 20.0, y: .nan)]
        let chart = SVG.Drawing(.viewBox(0, 0, 100, 20.5), .role("img"), .aria("label", "Rate")) {
            SVG.Title("Requests")
            SVG.Group(.translate(1, 2)) {
                SVG.Polyline(.points(points), .class("series"), .nonScalingStroke)
                SVG.Rect(.x(1), .y(2), .width(3), .height(4.25), .rx(1))
                SVG.Line(.x1(0), .y1(0), .x2(1e300), .y2(1_000_000))
                SVG.Circle(.cx(1), .cy(1), .r(0.0004))
                SVG.Path(.d("M0 0H10"), .fill("none"), .stroke("currentColor"), .strokeWidth(1.5))
            }
            SVG.Text("5 < 6", .textAnchor(.end))
        }
        #expect(
            text(chart.body)
                == #"<svg viewBox="0 0 100 20.5" role="img" aria-label="Rate"><title>Requests</title>"#
                + #"<g transform="translate(1 2)">"#
                + #"<polyline points="0,1.5 10,-0.123 20,0" class="series" vector-effect="non-scaling-stroke"></polyline>"#
                + #"<rect x="1" y="2" width="3" height="4.25" rx="1"></rect>"#
                + #"<line x1="0" y1="0" x2="0" y2="1000000"></line><circle cx="1" cy="1" r="0"></circle>"#
                + #"<path d="M0 0H10" fill="none" stroke="currentColor" stroke-width="1.5"></path></g>"#
                + #"<text text-anchor="end">5 &lt; 6</text></svg>"#)
    }

    @Test func onlyWhatIsCalledUnsafeIsNotEscaped() {
        #expect(text(Markup { P { Markup(unsafeHTML: "<b>&amp;</b>") } }) == "<p><b>&amp;</b></p>")
    }

    @Test(arguments: [
        "/", "", "#top", "?q=a:b", "a/b:c", "#a:b", "https://example.org/a?b#c", "HTTP://example.org",
        "mailto:a@example.org",
        "//example.org/a", "../up", "/a b", "/ü",
    ])
    func harmlessAddressesStay(url: String) {
        #expect(text(A("x", .href(url)).body) == "<a href=\"\(url)\">x</a>")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "\u{1}javascript:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)", "javascript\u{0}:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "blob:x", ":", "javascript&colon;:x", "x:y", "ｊavascript:x", "\r\njavascript:x", "view-source:x",
    ])
    func everyOtherAddressIsInert(url: String) {
        for attribute in [Attribute.href(url), .src(url), .action(url), .formAction(url), .cite(url)] {
            #expect(text(A(attribute).body).hasSuffix("=\"#\"></a>"))
        }
    }
}
