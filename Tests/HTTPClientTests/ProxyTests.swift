import Testing

@testable import HTTPClient

@Suite("Proxies") struct ProxyTests {
    private func proxy(_ seen: Collected<String>, connects: Bool = false) -> RudeServer {
        RudeServer { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request.line)
            if request.line.hasPrefix("CONNECT") {
                connection.send("HTTP/1.1 \(connects ? 200 : 403) Whatever\r\nX-Proxy: 1\r\n\r\n")
                if connects { connection.drain() }
            } else {
                connection.answer("200 OK", "by proxy")
            }
        }
    }

    @Test func plainRequestsGoThroughTheProxy() async throws {
        let seen = Collected<String>()
        let proxy = proxy(seen)
        let client = try makeClient { $0.proxy = .init(forHTTP: proxy.url(), forHTTPS: "http://127.0.0.1:1") }
        #expect(try await client.send(.init(.get, "http://service.invalid/a?b")).text == "by proxy")
        #expect(seen.all == ["GET http://service.invalid/a?b HTTP/1.1"])
    }

    @Test func encryptedRequestsAreTunnelled() async throws {
        for connects in [true, false] {
            let seen = Collected<String>()
            let proxy = proxy(seen, connects: connects)
            let client = try makeClient {
                $0.proxy = .init(forHTTPS: proxy.url())
                $0.timeouts.connecting = .milliseconds(200)
            }
            let error = await failure { try await client.send(.init(.get, "https://service.invalid/a?secret")) }
            #expect(error?.code == (connects ? .timedOutConnecting : .proxyFailed), "\(String(describing: error))")
            #expect(error?.mayHaveBeenSent == false)
            #expect(seen.all == ["CONNECT service.invalid:443 HTTP/1.1"])
        }
    }

    @Test func exceptionsAndSocketsAreAskedDirectly() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", "direct")
        }
        let client = try makeClient { $0.proxy = .init(forHTTP: "http://127.0.0.1:1", except: "example.com,127.0.0.1") }
        #expect(try await client.send(.init(.get, server.url())).text == "direct")
        let none = try makeClient { $0.proxy = .none }
        #expect(try await none.send(.init(.get, server.url())).text == "direct")
    }

    @Test func aProxyThatIsNotThereIsSaid() async throws {
        let client = try makeClient { $0.proxy = .init(forHTTP: "http://user:secret@proxy.invalid:1") }
        let error = await failure { try await client.send(.init(.get, "http://127.0.0.1:1/")) }
        #expect(error?.code == .proxyFailed)
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [
        ([:], HTTPClient.Proxy.none),
        (["http_proxy": "a", "https_proxy": "b", "no_proxy": "c"], .init(forHTTP: "a", forHTTPS: "b", except: "c")),
        (["HTTP_PROXY": "a", "HTTPS_PROXY": "b", "NO_PROXY": "c"], .init(forHTTPS: "b", except: "c")),
        (["all_proxy": "a", "https_proxy": "b"], .init(forHTTP: "a", forHTTPS: "b")),
        (["ALL_PROXY": "a", "https_proxy": ""], .init(forHTTP: "a", forHTTPS: "a")),
        (["https_proxy": "a", "HTTPS_PROXY": "b"], .init(forHTTPS: "a")),
    ]) func theEnvironmentIsReadAsOthersReadIt(_ variables: [String: String], _ proxy: HTTPClient.Proxy) {
        #expect(HTTPClient.Proxy { variables[$0] } == proxy)
    }
}
