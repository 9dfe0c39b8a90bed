internal import HTTPServer
internal import Telemetry

/// The server that the HTTP rows load: the same small answer by three ways.
enum HTTPService {
    /// 202 bytes, as the detail of a small entity has them.
    static let document = Array(
        """
        {"id":"0197a1b2-0000-7000-8000-00000000000f","type":"character","version":3,"position":421,\
        "archived":false,"favorite":true,"tags":["hero","elf"],\
        "data":{"name":"Aranel","age":"2190","home":"Mirkwood"}}
        """.utf8)

    /// Listens on loopback with: `/direct/{id}`, answered at once; `/prepared`, the same made beforehand; `/task/{id}`,
    /// whose handler waits for an actor; `/echo`, which takes a body.
    static func start(port: UInt16 = 0) throws -> HTTPServer {
        precondition(document.count == 202, "the row's name says 202 bytes, not \(document.count)")
        let other = Other()
        let prepared = Response.json(document)
        var router = Router()
        router.get("/direct/{id}") { _ in .json(document) }
        router.get("/prepared") { _ in prepared }
        router.get("/task/{id}") { _ in .json(await other.answer()) }
        router.post("/echo") { request in .json(request.body) }
        let server = HTTPServer(
            configuration: .init(listen: .loopback(port: port)), router: router, metrics: Metrics())
        try server.start()
        return server
    }

    /// Somewhere else to go, so that the handler really waits.
    private actor Other {
        func answer() -> [UInt8] { HTTPService.document }
    }
}
