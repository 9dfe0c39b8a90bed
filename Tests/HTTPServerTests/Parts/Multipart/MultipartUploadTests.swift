import Glibc
import System
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct MultipartUploadTests {
    private let folder: TemporaryFolder
    private let type: MediaType

    init() throws {
        folder = try TemporaryFolder("uploads")
        type = try #require(MediaType("multipart/form-data; boundary=xyz"))
    }

    private func part(_ disposition: String, _ content: [UInt8]) -> [UInt8] {
        Array("--xyz\r\nContent-Disposition: form-data; \(disposition)\r\n\r\n".utf8) + content + Array("\r\n".utf8)
    }

    private var body: [UInt8] {
        part("name=\"title\"", Array("Red hat ü".utf8)) + part("name=\"file\"; filename=\"../hat.png\"", picture)
            + part("name=\"tags\"", Array("a,b".utf8)) + part("name=\"file\"; filename=\"\"", [])
            + Array("--xyz--".utf8)
    }

    private let picture = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    private func upload(
        _ body: [UInt8], chunkBytes: Int = 5_000, _ change: (inout MultipartUpload.Configuration) -> Void = { _ in }
    ) throws -> UploadedForm {
        var configuration = MultipartUpload.Configuration(folder: folder.path)
        change(&configuration)
        var upload = try MultipartUpload(contentType: type, configuration)
        for start in stride(from: 0, to: body.count, by: chunkBytes) {
            try upload.push(Array(body[start..<min(start + chunkBytes, body.count)]))
        }
        return try upload.finish()
    }

    private func left() throws -> [String] { try Files.names(in: folder.path) }

    @Test(arguments: [1_000_000, 5_000, 97])
    func filesGoToDiskAndFieldsToMemory(chunkBytes: Int) throws {
        do {
            let form = try upload(body, chunkBytes: chunkBytes)
            let fields = try form.fields.read(
                .required("title", .text, ""), .list("tags", of: .text, countMax: 9, ""))
            #expect(fields.0 == "Red hat ü" && fields.1 == ["a", "b"])
            #expect(form.files.map(\.part.fileName) == ["hat.png", ""])
            #expect(form.files.map(\.sizeBytes) == [Int64(picture.count), 0])
            #expect(try Files.read(form.files[0].path) == picture)
            #expect(try left().count == 2)
        }
        #expect(try left().isEmpty, "what was not kept goes away")
    }

    @Test(arguments: [true, false])
    func aKeptFileStays(isDurable: Bool) throws {
        let destination = folder.path("hat.png")
        try Files.replace(destination, with: [1])
        do { try upload(body).files[0].keep(at: destination, isDurable: isDurable) }
        #expect(try left() == ["hat.png"])
        #expect(try Files.read(destination) == picture)
    }

    @Test func aFileThatCannotBeMovedIsRemovedAllTheSame() throws {
        do {
            let file = try upload(body).files[0]
            #expect(throws: SystemError.self) { try file.keep(at: folder.path("missing/hat.png")) }
        }
        #expect(try left().isEmpty)
    }

    @Test func everyTruncatedUploadLeavesNothing() throws {
        let body = part("name=\"a\"", [1]) + part("name=\"f\"; filename=\"f\"", [2, 3]) + Array("--xyz--".utf8)
        for count in 0..<body.count {
            #expect(throws: Problem.self) { try upload(Array(body[..<count]), chunkBytes: 9) }
            #expect(try left().isEmpty, "cut at \(count)")
        }
    }

    @Test func anUploadThatIsRefusedLeavesNothing() throws {
        let tooLarge = #expect(throws: Problem.self) { try upload(body) { $0.limits.partBytesMax = 99_999 } }
        #expect(tooLarge?.status == .payloadTooLarge)
        #expect(try left().isEmpty)
    }

    @Test func fieldsAreBoundedAloneAndTogether() throws {
        let fields =
            part("name=\"a\"", Array("12345".utf8)) + part("name=\"b\"", Array("123".utf8)) + Array("--xyz--".utf8)
        #expect(try upload(fields) { $0.fieldBytesMax = 5 }.fields.pairs.count == 2)
        let alone = #expect(throws: Problem.self) { try upload(fields) { $0.fieldBytesMax = 4 } }
        #expect(alone?.detail.contains("`a`") == true)
        #expect(try upload(fields) { $0.allFieldsBytesMax = 8 }.fields.pairs.count == 2)
        let together = #expect(throws: Problem.self) { try upload(fields) { $0.allFieldsBytesMax = 7 } }
        #expect(together?.status == .payloadTooLarge)
    }

    @Test(arguments: [[0xFF], [0x61, 0], [0xC3]] as [[UInt8]])
    func aFieldThatIsNoTextIsNamed(content: [UInt8]) {
        let problem = #expect(throws: Problem.self) { try upload(part("name=\"a\"", content) + Array("--xyz--".utf8)) }
        #expect(problem?.fields.map(\.place) == [.parameter("a")])
    }

    @Test func aMissingFolderIsOurFaultAndNotTheClients() {
        #expect(throws: SystemError.self) { try upload(body) { $0.folder = "\($0.folder)/missing" } }
    }

    @Test(arguments: [(ENOSPC, Status.insufficientStorage), (EDQUOT, .insufficientStorage), (EIO, nil), (EACCES, nil)])
    func aFullDiskIsSaidToTheClient(code: Int32, expected: Status?) {
        let error = MultipartUpload.inAnswer(to: SystemError(code: code, operation: "write"))
        #expect((error as? Problem)?.status == expected)
    }

    @Test func leftoversOfACrashAreRemovedAndNothingElse() throws {
        try Files.replace(folder.path("upload-1"), with: [1])
        try Files.replace(folder.path("other"), with: [1])
        try MultipartUpload.removeLeftovers(in: folder.path)
        #expect(try left() == ["other"])
    }
}
