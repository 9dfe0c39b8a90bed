internal import Glibc
internal import System

/// Stands between clients and PostgreSQL, and holds back or cuts what passes: what a network does, or a client that is
/// frozen.
///
///     let proxy = try PostgresProxy(to: cluster.socketFolder)
///     let pool = … proxy.conninfo(database.conninfo) …
///     proxy.links[0].holdBack()
public final class PostgresProxy: Sendable {
    private let folder: TemporaryFolder
    private let serverFolder: String
    private let listener: FileDescriptor
    private let state = Monitor((links: [Link](), takesConnections: true))

    /// - Parameter serverFolder: where the server's socket is.
    public init(to serverFolder: String) throws {
        self.serverFolder = serverFolder
        folder = try TemporaryFolder("proxy")
        listener = FileDescriptor(adopting: Self.newSocket())
        let result = try unsafe Self.withAddress(Self.socket(in: folder.path)) {
            unsafe bind(listener.number, $0, $1)
        }
        guard result == 0, listen(listener.number, 64) == 0 else { throw SystemError.last("bind", folder.path) }
        let number = listener.number
        Thread.detach(name: "proxy") { [weak self] in
            // The socket is shut down with the proxy, and this ends.
            while case let client = accept(number, nil, nil), client >= 0 {
                let client = FileDescriptor(adopting: client)
                guard let self else { return }
                self.open(client)
            }
        }
    }

    deinit {
        shutdown(listener.number, Int32(SHUT_RDWR))
        for link in state.withLock({ $0.links }) { link.cut() }
    }

    /// The words by which libpq finds the same database through this.
    public func conninfo(_ direct: String) -> String { direct.replacing(serverFolder, with: folder.path) }

    /// Every connection there has been, in order.
    public var links: [Link] { state.withLock { $0.links } }

    /// Whether new connections go through at once, or wait.
    public var takesConnections: Bool {
        get { state.withLock { $0.takesConnections } }
        set { state.withLock { $0.takesConnections = newValue } }
    }

    private func open(_ client: consuming FileDescriptor) {
        state.wait(until: { $0.takesConnections }) { _ in }
        let server = FileDescriptor(adopting: Self.newSocket())
        let result = try? unsafe Self.withAddress(Self.socket(in: serverFolder)) {
            unsafe connect(server.number, $0, $1)
        }
        guard result == 0 else { return }
        let link = Link(client, server)
        state.withLock { $0.links.append(link) }
        link.start()
    }

    private static func socket(in folder: String) -> String { "\(folder)/.s.PGSQL.5432" }

    private static func newSocket() -> Int32 {
        Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(code: ENAMETOOLONG, operation: "connect", subject: path)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension PostgresProxy {
    /// One connection that goes through.
    public final class Link: Sendable {
        private struct State {
            /// Of what the client sends, so many bytes at the end are held back; nil where all of it passes.
            var heldBackMax: Int?
            var held: [UInt8] = []
            var isClientCut = false
        }

        private let client: FileDescriptor
        private let server: FileDescriptor
        private let state = Lock(State())

        init(_ client: consuming FileDescriptor, _ server: consuming FileDescriptor) {
            self.client = client
            self.server = server
        }

        func start() {
            Thread.detach(name: "proxy-up") { self.passUp() }
            Thread.detach(name: "proxy-down") { self.passDown() }
        }

        /// Holds back the end of what the client sends from now on: as much as that, default all of it.
        public func holdBack(_ count: Int = .max) { state.withLock { $0.heldBackMax = count } }

        /// Whether all of a pipeline of statements has come and at least its end is held back: it ends with a Sync.
        public var holdsSync: Bool { state.withLock { $0.held.suffix(5) == [UInt8(ascii: "S"), 0, 0, 0, 4] } }

        /// Sends on what was held back, and what follows.
        public func release() {
            state.withLock { state in
                state.heldBackMax = nil
                Self.send(state.held, to: server)
                state.held = []
            }
        }

        /// The client sees its connection end; the server does not.
        public func cutClient() {
            state.withLock { $0.isClientCut = true }
            shutdown(client.number, Int32(SHUT_RDWR))
        }

        /// Both see their connection end.
        public func cut() {
            shutdown(client.number, Int32(SHUT_RDWR))
            shutdown(server.number, Int32(SHUT_RDWR))
        }

        private func passUp() {
            while let bytes = try? client.read(upTo: 1 << 16), !bytes.isEmpty {
                state.withLock { state in
                    state.held += bytes
                    let count = max(0, state.held.count - (state.heldBackMax ?? 0))
                    Self.send(Array(state.held.prefix(count)), to: server)
                    state.held.removeFirst(count)
                }
            }
            if !state.withLock({ $0.isClientCut }) { shutdown(server.number, Int32(SHUT_RDWR)) }
        }

        private func passDown() {
            while let bytes = try? server.read(upTo: 1 << 16), !bytes.isEmpty { Self.send(bytes, to: client) }
            shutdown(client.number, Int32(SHUT_RDWR))
        }

        /// Whoever is gone takes nothing, and that is all right.
        private static func send(_ bytes: [UInt8], to other: borrowing FileDescriptor) {
            var done = 0
            while done < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.send(
                        other.number, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done,
                        Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                done += count
            }
        }
    }
}
