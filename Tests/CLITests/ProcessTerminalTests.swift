import CLI
import System
import Testing

@Suite struct ProcessTerminalTests {
    @Test func aFileIsNoTerminal() throws {
        let file = try FileDescriptor.open("/dev/null", .read)
        #expect(!TerminalDevice.isTerminal(file.number))
        #expect(TerminalDevice.columns(of: file.number) == nil)
        #expect(TerminalDevice.columns(of: -1) == nil)
    }

    @Test func theProcessSurroundingsAreItsOwn() {
        let surroundings = Surroundings(environment: [:], folder: "/", terminal: ProcessTerminal())
        #expect(surroundings.terminal.isInteractive(.output) == TerminalDevice.isTerminal(1))
    }
}
