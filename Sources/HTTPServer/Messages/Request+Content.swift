public import JSON

/// What a request carries and asks for, read with problems that name what is wrong.
extension Request {
    public var contentType: MediaType? { header("Content-Type").flatMap { MediaType($0) } }

    /// The body as JSON: 415 for another type, 400 where it is not JSON.
    public func json(limits: JSONLimits = .standard) throws(Problem) -> JSONValue {
        try JSONBody.value(body, contentType: header("Content-Type"), limits: limits)
    }

    /// The body as JSON of a declared shape: 422 with a pointer for each field that does not fit.
    public func json<Value>(as shape: JSONShape<Value>, limits: JSONLimits = .standard) throws(Problem) -> Value {
        try JSONBody.decode(body, contentType: header("Content-Type"), as: shape, limits: limits)
    }

    /// The fields of a form that came as `application/x-www-form-urlencoded`.
    public func form(limits: Parameters.Limits = Parameters.Limits()) throws(Problem) -> Parameters {
        guard contentType?.essence == MediaType.form.essence else {
            throw .unsupportedMediaType(header("Content-Type"), accepted: [MediaType.form.essence])
        }
        return try Parameters(form: body, limits: limits)
    }

    /// The form and files of a `multipart/form-data` body, written to disk as they arrive. For routes that stream.
    ///
    /// Writing blocks the thread for as long as the disk takes, as a rule microseconds: it goes to the page cache.
    public func upload(_ configuration: MultipartUpload.Configuration) async throws -> UploadedForm {
        guard let contentType else {
            throw Problem.unsupportedMediaType(nil, accepted: [MediaType.multipartForm.essence])
        }
        var upload = try MultipartUpload(contentType: contentType, configuration)
        for try await chunk in stream { try upload.push(chunk) }
        return try upload.finish()
    }

    /// What `If-Match` and its kin demand.
    public var preconditions: Preconditions {
        get throws(Problem) { try Preconditions(header: joinedHeader) }
    }

    /// The type the client likes best of those there are; a 406 where it takes none.
    public func preferred(of offered: [MediaType]) throws(Problem) -> MediaType {
        if let type = Negotiation.mediaType(accept: joinedHeader("Accept"), offered: offered) { return type }
        throw .notAcceptable(offered: offered.map(\.essence))
    }

    /// All headers of a name as one list.
    func joinedHeader(_ name: String) -> String? {
        let values = headers(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
