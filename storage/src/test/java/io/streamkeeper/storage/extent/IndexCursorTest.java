package io.streamkeeper.storage.extent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.stream.StoredRuns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The index of a file is the same, whatever part of it a cursor holds in memory at once. */
class IndexCursorTest {
    private static final UUID STORE = new UUID(1, 2);
    private static final int ENTRIES = 4_000;

    private final Random random = new Random(1);
    private final MemoryExtentFiles files = new MemoryExtentFiles();

    /** Entries with few runs, and some that are longer than a whole window. */
    private void write() throws IOException {
        try (ExtentWriter out = new ExtentWriter(files, 4, 3, STORE, 42)) {
            for (int i = 0; i < ENTRIES; i++) {
                ByteBuf meta = random.nextBoolean() ? Unpooled.copiedBuffer("description " + i, UTF_8) : null;
                out.begin(i, meta, random.nextInt(100), random.nextInt(100), random.nextBoolean());
                int runs = random.nextInt(500) == 0 ? 3_000 : random.nextInt(4);
                for (int run = 0; run < runs; run++) {
                    out.data(Unpooled.copiedBuffer("xy", UTF_8));
                    boolean hasLengths = random.nextBoolean();
                    out.endRun(hasLengths ? 2 : 1, hasLengths ? Unpooled.copiedBuffer("\1\1", UTF_8) : null, run);
                }
                out.end();
            }
            out.finish();
        }
    }

    private static String text(IndexEntry entry) {
        StringBuilder text = new StringBuilder();
        text.append(entry.generation())
                .append(' ')
                .append(entry.start())
                .append(' ')
                .append(entry.end());
        text.append(entry.meta() == null ? "" : entry.meta().toString(UTF_8));
        StoredRuns runs = entry.runs();
        for (int run = 0; run < runs.count(); run++) {
            text.append(' ').append(runs.location(run)).append(' ').append(runs.lengthsLocation(run));
        }
        return text.toString();
    }

    private static List<String> texts(ExtentFile.Cursor cursor) throws IOException {
        List<IndexEntry> entries = new ArrayList<>();
        for (IndexEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
            entries.add(entry);
        }
        assertThat(cursor.next()).isNull();
        return entries.stream().map(IndexCursorTest::text).toList();
    }

    @Test
    void aCursorWithASmallWindowReadsTheSameEntries() throws IOException {
        write();
        ExtentFile file = ExtentFile.open(files, 4, 3, STORE);
        List<String> expected = texts(file.entries());
        assertThat(expected).hasSize(ENTRIES);
        assertThat(texts(file.entries(ExtentFile.WINDOW_BYTES_MIN))).isEqualTo(expected);
        assertThat(texts(file.entries(3_001))).isEqualTo(expected);
        file.release();
    }
}
