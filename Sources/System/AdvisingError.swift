/// An error that says what to do next, as a sentence of its own.
///
/// Its description says what is wrong; the command line shows both.
public protocol AdvisingError: Error, CustomStringConvertible {
    var advice: String { get }
}
