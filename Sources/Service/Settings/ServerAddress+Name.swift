package import HTTPServer

/// Where the server listens. `Configuration` has a `ListenAddress` of its own (what people write), so it gets this name
/// here, where both are used.
package typealias ServerAddress = ListenAddress
