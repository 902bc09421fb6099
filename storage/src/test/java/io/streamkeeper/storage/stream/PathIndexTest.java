package io.streamkeeper.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.PathOrder;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.Seeds;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The index of paths against a sorted map. */
class PathIndexTest {
    /** A reference in a chunk, without compressed references twice as much. */
    private static final int REFERENCE_BYTES = 4;

    /** A chunk, its array, and its place in the list of chunks, which grows by half. */
    private static final int CHUNK_BYTES = 24 + 16 + REFERENCE_BYTES * PathIndex.CHUNK_MAX + 6;

    private final PathIndex index = new PathIndex();
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

    private static List<StreamState> from(PathIndex index, String path) {
        List<StreamState> found = new ArrayList<>();
        index.visit(path, stream -> {
            found.add(stream);
            return true;
        });
        return found;
    }

    @Test
    void isInOrderWhateverIsAddedAndRemoved() {
        Seeds.forEach(60, this::compareWithMap);
    }

    private void compareWithMap(Random random) {
        PathIndex compared = new PathIndex();
        TreeMap<String, StreamState> map = new TreeMap<>(PathOrder::compare);
        if (random.nextBoolean()) {
            for (int i = random.nextInt(1_000); i > 0; i--) {
                String path = anyPath(random, 2_000);
                map.put(path, stream(path));
            }
            List<StreamState> all = new ArrayList<>(map.values());
            Collections.shuffle(all, random);
            compared.fill(all);
        }
        int paths = 1 + random.nextInt(2_000);
        for (int step = 0; step < 4_000; step++) {
            String path = anyPath(random, paths);
            StreamState known = map.get(path);
            boolean removes = step / 1_000 % 2 == 1 ? random.nextInt(4) > 0 : random.nextInt(4) == 0;
            if (known == null && !removes) {
                StreamState added = stream(path);
                map.put(path, added);
                compared.add(added);
            } else if (known != null && removes) {
                compared.remove(stream(path));
                compared.remove(known);
                map.remove(path);
            }
            if (step % 97 == 0) {
                String start = anyPath(random, paths);
                assertThat(from(compared, start))
                        .containsExactlyElementsOf(map.tailMap(start).values());
                assertThat(compared.size()).isEqualTo(map.size());
            }
        }
        assertThat(from(compared, "")).containsExactlyElementsOf(map.values());
    }

    private static String anyPath(Random random, int paths) {
        int number = random.nextInt(paths);
        return (number % 3 == 0 ? "\ud83d\ude00/" : number % 3 == 1 ? "\uff5e/" : "a/") + number;
    }

    @Test
    void aVisitEndsWhenItsVisitorDoes() {
        index.fill(List.of(stream("c"), stream("a"), stream("b")));
        List<String> seen = new ArrayList<>();

        index.visit("", stream -> seen.add(stream.pathText()) && seen.size() < 2);

        assertThat(seen).containsExactly("a", "b");
    }

    @Test
    void aPathIsInItOnce() {
        index.add(stream("a"));

        assertThatThrownBy(() -> index.add(stream("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stream a is listed already");
    }

    private double bytesOfAStream() {
        return (double) CHUNK_BYTES * index.chunkCount() / index.size();
    }

    @Test
    void takesFewBytesOfAStreamInWhateverOrderItIsFilled() {
        for (int i = 0; i < 20_000; i++) {
            index.add(stream(String.format("s/%08d", i)));
        }
        assertThat(bytesOfAStream()).as("ascending paths").isLessThan(5);

        Random random = new Random(1);
        for (int i = 0; i < 40_000; i++) {
            index.add(stream("t/" + random.nextLong()));
        }
        assertThat(bytesOfAStream()).as("random paths").isLessThan(8);

        for (int i = 20_000; i > 0; i--) {
            index.add(stream(String.format("r/%08d", i)));
        }
        assertThat(bytesOfAStream()).as("descending paths").isLessThan(StreamState.INDEX_BYTES);
    }

    @Test
    void deletionsDoNotLeaveChunksNearlyEmpty() {
        Random random = new Random(1);
        List<StreamState> all = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            StreamState added = stream("t/" + random.nextLong());
            all.add(added);
            index.add(added);
        }
        Collections.shuffle(all, random);
        for (int i = 0; i < 55_000; i++) {
            index.remove(all.get(i));
            if (i % 5_000 == 0) {
                assertThat(bytesOfAStream()).as("after %d deletions", i).isLessThan(StreamState.INDEX_BYTES);
            }
        }
        index.visit("", stream -> true);
        all.subList(55_000, 60_000).forEach(index::remove);
        assertThat(index.size()).isZero();
        assertThat(index.chunkCount()).isZero();
    }
}
