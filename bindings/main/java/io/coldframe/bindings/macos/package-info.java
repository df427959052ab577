/// Hypervisor.framework of macOS on Apple silicon, in Java types.
///
/// Start at [HypervisorFramework]. Every call answers with the framework's own result, an
/// [HvResult]; nothing here throws because the framework refuses.
///
/// No one has run this on a Mac: it is tested against the stand-in library of
/// `bindings/test/native`.
package io.coldframe.bindings.macos;
