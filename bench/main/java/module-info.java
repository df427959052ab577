import org.jspecify.annotations.NullMarked;

/// Benchmarks: what each part costs against a floor measured in the same run. Never published.
@NullMarked
module io.coldframe.bench {
    requires static org.jspecify;
    requires io.coldframe;
    requires io.coldframe.bindings;
    requires jmh.core;
}
