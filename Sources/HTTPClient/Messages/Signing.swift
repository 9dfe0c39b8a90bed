extension HTTPClient {
    /// How a request proves who sent it, beyond what headers say.
    public struct Signing: Sendable {
        let provider: String
        let accessKeyID: String
        let secretAccessKey: String
        private let isForS3: Bool

        /// AWS Signature Version 4, as S3 and its likes want it.
        ///
        /// A session token goes into the header `X-Amz-Security-Token`. What the body is goes into `Content-Type`
        /// (default `application/octet-stream`), and for S3 its SHA-256 in hexadecimal into `X-Amz-Content-Sha256`
        /// (default `UNSIGNED-PAYLOAD`: then TLS alone protects it). Query parameters must be sorted and escaped, each
        /// with its `=`.
        public static func awsSignatureV4(
            region: String, service: String, accessKeyID: String, secretAccessKey: String
        ) -> Signing {
            Signing(
                provider: "aws:amz:\(region):\(service)", accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
                isForS3: service == "s3")
        }

        /// What has to be there to be signed, unless the request has it. This libcurl adds none of it by itself.
        func headers(hasBody: Bool) -> [(name: String, value: String)] {
            var headers = hasBody ? [("Content-Type", "application/octet-stream")] : []
            if isForS3 { headers.append(("X-Amz-Content-Sha256", hasBody ? "UNSIGNED-PAYLOAD" : Self.hashOfNothing)) }
            return headers
        }

        private static let hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
}
