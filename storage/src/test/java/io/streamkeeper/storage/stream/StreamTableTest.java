package io.streamkeeper.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.Seeds;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of streams against a map. */
class StreamTableTest {
    private final StreamTable table = new StreamTable();
    private long generation;

    private StreamState stream(String path) {
        return new StreamState(new LogRecord.Created(
                generation++,
                new StreamPath(path),
                new StreamConfig(ContentType.OCTET_STREAM, Expiry.never(), Retention.none()),
                false,
                null,
                0));
    }

    /** A path of {@code bits} pairs of letters; all paths with the same number of pairs have the same hash code. */
    private static String colliding(int number, int bits) {
        StringBuilder path = new StringBuilder();
        for (int bit = 0; bit < bits; bit++) {
            path.append(((number >>> bit) & 1) == 0 ? "Aa" : "BB");
        }
        return path.toString();
    }

    private Set<StreamState> all() {
        Set<StreamState> all = new HashSet<>();
        table.forEach(stream -> assertThat(all.add(stream)).isTrue());
        return all;
    }

    @Test
    void findsWhatWasStagedLastAtEachPath() {
        Seeds.forEach(100, this::compareWithMap);
    }

    private void compareWithMap(Random random) {
        StreamTable compared = new StreamTable();
        Map<String, StreamState> map = new HashMap<>();
        int paths = 1 + random.nextInt(300);
        for (int step = 0; step < 1_000; step++) {
            int number = random.nextInt(paths);
            String path = random.nextBoolean() ? "s/" + number : colliding(number, 9);
            StreamState known = map.get(path);
            assertThat(compared.at(new StreamPath(path))).isSameAs(known);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    StreamState next = stream(path);
                    compared.put(next);
                    assertThat(compared.replaced(next)).isSameAs(known);
                    if (random.nextBoolean()) {
                        compared.settled(next);
                        map.put(path, next);
                    } else {
                        compared.takeBack(next);
                    }
                }
                case 2 -> {
                    assertThat(compared.remove(stream(path))).isFalse();
                    if (known != null) {
                        assertThat(compared.remove(known)).isTrue();
                        map.remove(path);
                    }
                }
                default -> {
                    Set<StreamState> all = new HashSet<>();
                    compared.forEach(all::add);
                    assertThat(all).isEqualTo(new HashSet<>(map.values()));
                }
            }
            assertThat(compared.size()).isEqualTo(map.size());
        }
    }

    @Test
    void aStreamThatIsNotDurableDoesNotHideTheOneThatItReplaces() {
        StreamState before = stream("s");
        table.put(before);
        table.settled(before);
        StreamState after = stream("s");
        table.put(after);
        assertThat(table.at(after.path())).isSameAs(after);
        assertThat(table.replaced(after)).isSameAs(before);
        assertThat(table.size()).isEqualTo(1);
        assertThat(all()).containsExactlyInAnyOrder(before, after);
    }

    @Test
    void pathsThatCollideDoNotMakeASlotLong() {
        int bits = 12;
        for (int i = 0; i < 1 << bits; i++) {
            table.put(stream(colliding(i, bits)));
        }
        assertThat(colliding(1, bits).hashCode()).isEqualTo(colliding(2, bits).hashCode());
        for (int i = 0; i < 1 << bits; i++) {
            StreamState found = table.at(new StreamPath(colliding(i, bits)));
            assertThat(found).isNotNull();
            int length = 0;
            for (StreamState stream = found; stream != null; stream = stream.nextInSlot()) {
                length++;
            }
            assertThat(length).isLessThanOrEqualTo(StreamTable.SLOT_STREAMS_MAX);
        }
        assertThat(all()).hasSize(1 << bits);
    }

    @Test
    void slotsOfManyStreamsStayShort() {
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            table.put(stream("stream/" + i));
        }
        long linked = 0;
        for (int i = 0; i < count; i++) {
            StreamState next = table.at(new StreamPath("stream/" + i));
            while (next != null) {
                linked++;
                next = next.nextInSlot();
            }
        }
        assertThat(linked).isLessThan(2L * count);
    }
}
