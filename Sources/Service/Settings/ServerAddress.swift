package import Configuration
package import HTTPServer

extension ServerAddress {
    /// A setting's address as the server wants it. Names were checked by the setting; only `localhost` is resolved.
    package init(_ setting: Configuration.ListenAddress) {
        switch setting {
        case .unix(let path): self = .unix(path: path)
        case .internet("localhost", let port): self = .loopback(port: port)
        case .internet(let host, let port): self = .address(host, port: port)
        }
    }
}
