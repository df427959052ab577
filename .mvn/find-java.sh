# Finds a Java 22 or later, for the scripts that start one. Sourced; no JVM is started to find out.
#
# COLDFRAME_JAVA_HOME alone if it is set; else JAVA_HOME, the java on the PATH, the newest in the
# usual folders: the first that is 22 or later.

# Is $1 the home of a Java 22 or later? Leaves $version and $feature, from its release file.
# With $need_javac a runtime without the compiler is not enough.
fits() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    [ -z "$need_javac" ] || [ -x "$1/bin/javac" ] || return 1
    version=
    while IFS='="' read -r key _ value _; do
        if [ "$key" = JAVA_VERSION ]; then
            version=$value
        fi
    done <"$1/release"
    feature=${version%%[!0-9]*}
    [ -n "$feature" ] && [ "$feature" -ge 22 ]
}

# The Java home of the java on the PATH, in $on_path, behind any number of links.
follow_path() {
    on_path=$(command -v java) || return 1
    while [ -L "$on_path" ]; do
        target=$(readlink "$on_path")
        case $target in /*) on_path=$target ;; *) on_path=${on_path%/*}/$target ;; esac
    done
    on_path=${on_path%/bin/java}
}

# Leaves the Java home to use in $java_home and its version in $java_version.
find_java() {
    need_javac=$1
    if [ -n "${COLDFRAME_JAVA_HOME-}" ]; then
        fits "$COLDFRAME_JAVA_HOME" || return 1
        java_home=$COLDFRAME_JAVA_HOME java_version=$version
        return 0
    fi
    if [ -n "${JAVA_HOME-}" ] && fits "$JAVA_HOME"; then
        java_home=$JAVA_HOME java_version=$version
        return 0
    fi
    if follow_path && fits "$on_path"; then
        java_home=$on_path java_version=$version
        return 0
    fi
    newest=0
    for home in \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/jdk* \
        /opt/jdk* /opt/java/* /opt/jvm/* \
        "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
        "${HOME-}"/.local/share/mise/installs/java/* "${HOME-}"/.asdf/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if fits "$home" && [ "$feature" -gt "$newest" ]; then
            newest=$feature java_home=$home java_version=$version
        fi
    done
    [ "$newest" -gt 0 ]
}
