package io.coldframe.bindings.judge;

import io.coldframe.bindings.Platform;

import java.util.List;

/// A platform for which bindings are generated, as bindings.table and a C compiler name it.
enum Target {
    LINUX_X64(Platform.LINUX_X64, "x86_64-unknown-linux-gnu", "x86_64-linux-gnu", "linux-x64"),
    LINUX_ARM64(
            Platform.LINUX_ARM64, "aarch64-unknown-linux-gnu", "aarch64-linux-gnu", "linux-arm64"),
    MACOS(Platform.MACOS_ARM64, "arm64-apple-macos15", "arm64-apple-darwin", "macos");

    /// What clang takes after `-target`.
    final String triple;

    /// The prefix of a cross compiler, and of the folder of its headers below `/usr`.
    final String cross;

    private final Platform platform;
    private final String tableName;

    Target(Platform platform, String triple, String cross, String tableName) {
        this.platform = platform;
        this.triple = triple;
        this.cross = cross;
        this.tableName = tableName;
    }

    boolean isNative() {
        return platform == Platform.current();
    }

    boolean isMacos() {
        return this == MACOS;
    }

    /// The rows of the table that are generated for this target.
    List<TableRow> rows() {
        return TableRow.all().stream()
                .filter(row -> row.target().equals(tableName) || row.isForAllOf(platform))
                .toList();
    }
}
