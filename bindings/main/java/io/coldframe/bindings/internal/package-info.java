/// How a C function is found, linked and called: shared by the packages of this module, exported to
/// nobody.
package io.coldframe.bindings.internal;
