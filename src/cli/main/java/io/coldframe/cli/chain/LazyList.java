package io.coldframe.cli.chain;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/// A list whose elements are made when they are printed: of a million runs there is one at a time.
final class LazyList extends AbstractList<Object> {

    private final int size;
    private final IntFunction<Object> element;

    private LazyList(int size, IntFunction<Object> element) {
        this.size = size;
        this.element = element;
    }

    static List<Object> of(int size, IntFunction<Object> element) {
        return new LazyList(size, element);
    }

    @Override
    public Object get(int index) {
        Objects.checkIndex(index, size);
        return element.apply(index);
    }

    @Override
    public int size() {
        return size;
    }
}
