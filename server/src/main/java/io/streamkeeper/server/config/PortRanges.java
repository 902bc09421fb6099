package io.streamkeeper.server.config;

import io.streamkeeper.protocol.Digits;
import java.util.ArrayList;
import java.util.List;

/** A set of TCP ports, such as {@code 80,443,1024-65535}. Immutable. */
public final class PortRanges {
    private static final int PORT_MAX = 65_535;

    private record Range(int first, int last) {}

    private final List<Range> ranges;
    private final String text;

    private PortRanges(List<Range> ranges, String text) {
        this.ranges = ranges;
        this.text = text;
    }

    /**
     * {@return the ports of a list}
     *
     * @param list ports, and ranges of ports with a hyphen between the first and the last, joined by commas
     * @throws IllegalArgumentException if one is not valid; the message quotes it
     */
    public static PortRanges parse(String list) {
        List<Range> ranges = new ArrayList<>();
        for (String text : list.split(",", -1)) {
            int hyphen = text.indexOf('-');
            int first = port(hyphen < 0 ? text : text.substring(0, hyphen));
            int last = hyphen < 0 ? first : port(text.substring(hyphen + 1));
            if (first < 1 || last < first || last > PORT_MAX) {
                throw new IllegalArgumentException("'" + text + "' is not a port or a range of ports from 1 to "
                        + PORT_MAX + "; expected such as 443 or 1024-65535");
            }
            ranges.add(new Range(first, last));
        }
        return new PortRanges(List.copyOf(ranges), list);
    }

    private static int port(String text) {
        try {
            return Digits.toInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * {@return whether it has a port}
     *
     * @param port any number
     */
    public boolean contains(int port) {
        return ranges.stream().anyMatch(range -> range.first() <= port && port <= range.last());
    }

    /** {@return the list of which it was parsed} */
    @Override
    public String toString() {
        return text;
    }
}
