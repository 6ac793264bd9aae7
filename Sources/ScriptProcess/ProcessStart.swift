import CLuaHost
import ProcessSupport

/// Does what every program does first.
///
/// - Parameter descriptors: files and sockets that it needs at least.
package func prepareProcess(descriptors: Int) {
    FileDescriptorLimit.raise()
    // Before any file is opened: programs that a script starts inherit those that this program was started with.
    luahost_note_descriptors()
    FileDescriptorLimit.reserveStandardDescriptors()
    FileDescriptorLimit.require(descriptors)
}
