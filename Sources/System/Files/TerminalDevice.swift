internal import CLinux
internal import Glibc

/// What the system knows of the terminal behind an open descriptor.
public enum TerminalDevice {
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// How many characters fit a line; `nil` where there is no terminal or it does not say.
    public static func columns(of descriptor: Int32) -> Int? {
        let columns = Int(lifeos_terminal_columns(descriptor))
        return columns > 0 ? columns : nil
    }
}
