internal import Glibc

extension HTTPClient {
    /// Through whom requests go. Unix sockets are always connected to directly.
    public struct Proxy: Sendable, Equatable {
        /// The proxy for `http` URLs, such as `http://proxy.example:3128`; `nil` connects directly.
        public var forHTTP: String?
        /// The proxy for `https` URLs.
        public var forHTTPS: String?
        /// Hosts that are connected to directly, separated by commas; `*` for all.
        public var except: String?

        public init(forHTTP: String? = nil, forHTTPS: String? = nil, except: String? = nil) {
            self.forHTTP = forHTTP
            self.forHTTPS = forHTTPS
            self.except = except
        }

        /// Connects to every host directly.
        public static let none = Proxy()

        /// What `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say, in lower case or upper.
        public static var environment: Proxy {
            Proxy { name in
                // The environment is read, never written, by this process: no other thread can move it.
                guard let value = unsafe getenv(name) else { return nil }
                return unsafe String(cString: value)
            }
        }

        init(variable: (String) -> String?) {
            func value(_ names: String...) -> String? {
                names.lazy.compactMap(variable).first { !$0.isEmpty }
            }
            // No HTTP_PROXY in upper case: a gateway would let a request header `Proxy` set it.
            forHTTP = value("http_proxy", "all_proxy", "ALL_PROXY")
            forHTTPS = value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            except = value("no_proxy", "NO_PROXY")
        }
    }
}
