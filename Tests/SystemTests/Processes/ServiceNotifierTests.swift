import Glibc
import System
import TestSupport
import Testing

@Suite struct ServiceNotifierTests {
    @Test func itHearsThatTheServiceIsReadyAndThatItStops() throws {
        let folder = try TemporaryFolder("notify")
        for address in [folder.path("socket"), "@lifeos-test-\(folder.path)"] {
            let ear = try Ear(address)
            let notifier = ServiceNotifier(["NOTIFY_SOCKET": address])
            try notifier.tellReady("Answering at http://127.0.0.1:8080")
            try notifier.tellStopping()
            #expect(ear.next() == "READY=1\nSTATUS=Answering at http://127.0.0.1:8080")
            #expect(ear.next() == "STOPPING=1\nSTATUS=Stopping")
        }
    }

    @Test func whereNobodyAskedNothingIsTold() throws {
        try ServiceNotifier([:]).tellReady("")
        try ServiceNotifier(["NOTIFY_SOCKET": "vsock:2:1234"]).tellReady("")
    }

    @Test func aManagerThatIsGoneIsAnError() throws {
        let folder = try TemporaryFolder("notify")
        let notifier = ServiceNotifier(["NOTIFY_SOCKET": folder.path("nobody")])
        #expect(throws: SystemError.self) { try notifier.tellReady("") }
    }
}

/// Hears what is sent to an address.
private final class Ear {
    private let number: Int32

    init(_ address: String) throws {
        number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { bytes in
            unsafe bytes.copyBytes(from: address.utf8)
            if address.hasPrefix("@") { unsafe bytes[0] = 0 }
        }
        // As long as it is, or its end would belong to an abstract name.
        let size = socklen_t(MemoryLayout<sa_family_t>.size + address.utf8.count)
        let number = number
        let bound = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(number, $0, size) }
        }
        try #require(bound == 0)
    }

    deinit { close(number) }

    func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe recv(number, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
