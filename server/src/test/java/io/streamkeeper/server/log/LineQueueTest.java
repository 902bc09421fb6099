package io.streamkeeper.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.LogsFaults;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LineQueueTest {
    /** A target in memory, which fails or waits if the test wants it to. */
    private static final class Memory implements LineTarget {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private volatile boolean fails;
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final CountDownLatch began = new CountDownLatch(1);

        @Override
        public void append(byte[] bytes) throws IOException {
            began.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (fails) {
                throw new IOException("the disk is full");
            }
            written.writeBytes(bytes);
        }

        @Override
        public String problem(IOException failure) {
            return String.valueOf(failure.getMessage());
        }

        String text() {
            return written.toString(StandardCharsets.UTF_8);
        }
    }

    private final Memory memory = new Memory();

    private LineQueue<String> queue(long bytesMax) {
        return new LineQueue<>(
                "the test log",
                "test-log",
                bytesMax,
                (line, dropped) -> {
                    if (line.equals("bad")) {
                        throw new IllegalArgumentException("it is bad");
                    }
                    return (line + (dropped == 0 ? "" : " after " + dropped) + "\n").getBytes(StandardCharsets.UTF_8);
                },
                memory);
    }

    @Test
    void linesAreWrittenInTheirOrderWithoutAClose() {
        try (LineQueue<String> queue = queue(1_000)) {
            assertThat(queue.add("a", 10)).isTrue();
            assertThat(queue.add("b", 10)).isTrue();
            await().until(() -> memory.text().equals("a\nb\n"));
        }
    }

    @Test
    @LogsFaults("{} has dropped {} lines")
    void linesBeyondTheBoundAreDroppedAndCounted() throws InterruptedException {
        memory.gate = new CountDownLatch(1);
        try (LineQueue<String> queue = queue(20)) {
            assertThat(queue.add("a", 20)).isTrue();
            memory.began.await();
            assertThat(queue.add("b", 20)).isTrue();
            assertThat(queue.add("c", 20)).isFalse();
            assertThat(queue.add("d", 1)).isFalse();
            memory.gate.countDown();
            await().until(() -> memory.text().equals("a\nb after 2\n"));
            assertThat(queue.add("e", 20)).isTrue();
        }
        assertThat(memory.text()).isEqualTo("a\nb after 2\ne\n");
    }

    @Test
    @LogsFaults("{} cannot be written, so its lines are dropped and counted")
    void linesThatCannotBeWrittenAreCountedWithTheNextOnes() {
        memory.fails = true;
        try (LineQueue<String> queue = queue(1_000)) {
            queue.add("a", 1);
            queue.add("b", 1);
            await().until(() -> memory.began.getCount() == 0);
            memory.fails = false;
            await().until(() -> {
                queue.add("c", 1);
                return memory.text().contains(" after ");
            });
            assertThat(memory.text()).contains("c after 2");
        }
    }

    @Test
    @LogsFaults("a line of {} cannot be encoded")
    void aLineThatCannotBeEncodedIsCountedAndPreventsNoOther() {
        try (LineQueue<String> queue = queue(1_000)) {
            queue.add("a", 1);
            queue.add("bad", 1);
            queue.add("c", 1);
        }
        assertThat(memory.text()).isEqualTo("a\nc after 1\n");
    }

    @Test
    void aCloseWritesWhatWaits() {
        LineQueue<String> queue = queue(1_000_000);
        for (int i = 0; i < 10_000; i++) {
            queue.add("line", 10);
        }
        queue.close();
        assertThat(memory.text().lines()).hasSize(10_000);
    }
}
