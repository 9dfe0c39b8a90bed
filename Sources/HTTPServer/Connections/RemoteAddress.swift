internal import CMicroHTTPD
internal import Glibc

/// Where a client connects from.
public struct RemoteAddress: Sendable, Hashable, CustomStringConvertible {
    private enum Family: UInt8 { case local, version4, version6 }

    private let family: Family
    private let high: UInt64
    private let low: UInt64
    /// Zero for a Unix socket.
    public let port: UInt16

    init(_ address: UnsafePointer<sockaddr>?) {
        var (family, high, low, port) = (Family.local, UInt64(0), UInt64(0), UInt16(0))
        if let address = unsafe address {
            let raw = unsafe UnsafeRawPointer(address)
            switch unsafe Int32(address.pointee.sa_family) {
            case AF_INET:
                let version4 = unsafe raw.loadUnaligned(as: sockaddr_in.self)
                (family, low, port) = (
                    .version4, UInt64(version4.sin_addr.s_addr.bigEndian), version4.sin_port.bigEndian
                )
            case AF_INET6:
                let version6 = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
                family = .version6
                port = version6.sin6_port.bigEndian
                unsafe withUnsafeBytes(of: version6.sin6_addr) { bytes in
                    high = unsafe bytes.loadUnaligned(as: UInt64.self).bigEndian
                    low = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
                }
                // An IPv4 client on a dual-stack socket is the same client as on an IPv4 one.
                if high == 0, low >> 32 == 0xFFFF { (family, low) = (.version4, low & 0xFFFF_FFFF) }
            default: break
            }
        }
        (self.family, self.high, self.low, self.port) = (family, high, low, port)
    }

    private init(family: Family, high: UInt64, low: UInt64) {
        (self.family, self.high, self.low, port) = (family, high, low, 0)
    }

    /// A numeric IPv4 or IPv6 address, without a port.
    public init?(_ text: String) {
        var (version4, version6) = (sockaddr_in(), sockaddr_in6())
        version4.sin_family = sa_family_t(AF_INET)
        version6.sin6_family = sa_family_t(AF_INET6)
        if unsafe inet_pton(AF_INET, text, &version4.sin_addr) == 1 {
            unsafe self = withUnsafeBytes(of: version4) { bytes in
                unsafe bytes.withMemoryRebound(to: sockaddr.self) { unsafe RemoteAddress($0.baseAddress) }
            }
        } else if unsafe inet_pton(AF_INET6, text, &version6.sin6_addr) == 1 {
            unsafe self = withUnsafeBytes(of: version6) { bytes in
                unsafe bytes.withMemoryRebound(to: sockaddr.self) { unsafe RemoteAddress($0.baseAddress) }
            }
        } else {
            return nil
        }
    }

    /// The address whatever the port.
    var host: RemoteAddress { RemoteAddress(family: family, high: high, low: low) }

    /// What one client cannot easily have many of: an IPv4 address, or a /64 network of IPv6. All of a Unix socket are one.
    public var network: RemoteAddress {
        RemoteAddress(family: family, high: high, low: family == .version6 ? 0 : low)
    }

    var isUnix: Bool { family == .local }

    public var isLoopback: Bool {
        switch family {
        case .local: true
        case .version4: low >> 24 == 127
        case .version6: high == 0 && low == 1
        }
    }

    /// Without the port; `unix` for a Unix socket.
    public var description: String {
        switch family {
        case .local: return "unix"
        case .version4: return (0..<4).map { "\(low >> (24 - 8 * UInt64($0)) & 0xFF)" }.joined(separator: ".")
        case .version6:
            var address = in6_addr()
            unsafe withUnsafeMutableBytes(of: &address) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
