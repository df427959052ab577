package io.coldframe.cli.chain;

import io.coldframe.cli.picture.MapGrid;
import io.coldframe.inspect.AddressMap;
import io.coldframe.inspect.AddressMap.Kind;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is in each cell of a map, for programs.
final class CellTotals {

    private CellTotals() {}

    static List<Object> list(AddressMap map, MapGrid grid) {
        Map<Kind, long[]> byteCounts = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            byteCounts.put(kind, new long[grid.cellCount()]);
        }
        int[] ageMaxs = new int[grid.cellCount()];
        map.forEachPart(
                grid.cellBytes(),
                (cell, kind, age, byteCount) -> {
                    int at = (int) cell;
                    of(byteCounts, kind)[at] += byteCount;
                    ageMaxs[at] = Math.max(ageMaxs[at], kind == Kind.INHERITED ? age : 0);
                });
        return LazyList.of(
                grid.cellCount(),
                cell -> {
                    Map<String, Object> members = new LinkedHashMap<>();
                    members.put("offset", cell * grid.cellBytes());
                    members.put("ownByteCount", of(byteCounts, Kind.OWN)[cell]);
                    members.put("inheritedByteCount", of(byteCounts, Kind.INHERITED)[cell]);
                    members.put("zeroByteCount", of(byteCounts, Kind.ZERO)[cell]);
                    members.put("ageMax", ageMaxs[cell]);
                    return members;
                });
    }

    private static long[] of(Map<Kind, long[]> byteCounts, Kind kind) {
        return byteCounts.getOrDefault(kind, new long[0]);
    }
}
