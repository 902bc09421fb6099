package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.storage.extent.BlockCompaction;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.OpenBlock;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.shard.Boundaries;
import io.streamkeeper.storage.shard.ContentReader;
import io.streamkeeper.storage.stream.HeldBytes;
import io.streamkeeper.storage.stream.StreamContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A stream's content against an array of bytes: appends, truncations, moves to extents, and reads of any range. */
class StreamContentTest {
    private final MemoryBudget budget = new MemoryBudget(1L << 30);
    private final JsonSplitter splitter = new JsonSplitter();

    @Test
    void randomAppendsAndTruncationsReadBack() {
        Seeds.forEach(150, random -> {
            Rig rig = new Rig(random, false);
            for (int step = 0; step < 40; step++) {
                rig.step();
                rig.checkAnyRead();
                rig.checkAppends();
            }
            rig.close();
        });
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void randomMessagesReadBackAndAreCountedAtEveryBoundary() {
        Seeds.forEach(150, random -> {
            Rig rig = new Rig(random, true);
            for (int step = 0; step < 40; step++) {
                rig.step();
                rig.checkAnyRead();
                rig.checkBoundaries();
            }
            rig.close();
        });
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aLargeBatchIsSplitIntoRunsSoThatABoundedReadIsShort() {
        Rig rig = new Rig(new Random(1), true);
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            messages.add("\"" + "x".repeat(98) + "\"");
        }
        rig.append(messages);
        long end = rig.content.readEnd(0, rig.content.end(), 1_000);
        assertThat(end).isBetween(1L, (long) RunLimits.RUN_BYTES_MAX);
        assertThat(end % 101).isZero();
        assertThat(rig.content.readEnd(0, rig.content.end(), 100_000)).isBetween(1L, 100_000L);
        rig.close();
    }

    @Test
    void aMessageLargerThanARunIsNeverCut() {
        Rig rig = new Rig(new Random(1), true);
        String large = "\"" + "x".repeat(3 * RunLimits.RUN_BYTES_MAX) + "\"";
        rig.append(List.of("1", large, "2"));
        assertThat(rig.content.readEnd(0, rig.content.end(), 10)).isEqualTo(2);
        assertThat(rig.content.readEnd(2, rig.content.end(), 10)).isEqualTo(2 + large.length() + 1);
        assertThat(rig.content.messagesBefore(2 + large.length() + 1, splitter)).isEqualTo(2);
        assertThat(rig.content.messagesBefore(70_000, splitter)).isEqualTo(-1);
        rig.close();
    }

    @Test
    void aBoundedReadOfBytesIsExactlyAsLong() {
        Rig rig = new Rig(new Random(1), false);
        rig.append(List.of("x".repeat(5_000)));
        assertThat(rig.content.readEnd(7, rig.content.end(), 100)).isEqualTo(107);
        assertThat(rig.content.readEnd(4_950, rig.content.end(), 100)).isEqualTo(5_000);
        assertThat(rig.content.readEnd(0, 50, 100)).isEqualTo(50);
        rig.close();
    }

    @Test
    void aWindowOfShortRunsHasABoundedNumberOfThem() {
        Rig rig = new Rig(new Random(1), false);
        for (int i = 0; i < 3 * StreamContent.WINDOW_RUNS_MAX; i++) {
            rig.append(List.of("x"));
            rig.content.seal();
        }
        assertThat(rig.content.alikeEnd(rig.start, rig.content.end()))
                .isEqualTo(rig.start + StreamContent.WINDOW_RUNS_MAX);
        assertThat(rig.content.alikeEnd(rig.content.end() - 10, rig.content.end()))
                .isEqualTo(rig.content.end());
        rig.close();
    }

    @Test
    void aSliceOutlivesTheContent() {
        Rig rig = new Rig(new Random(1), false);
        rig.append(List.of("hello"));
        ByteBuf slice = HeldBytes.read(rig.content, rig.start, rig.start + 5, ReadBudget.NONE);
        rig.close();
        assertThat(slice.toString(UTF_8)).isEqualTo("hello");
        assertThat(budget.usedBytes()).isEqualTo(OpenBlock.BLOCK_BYTES);
        slice.release();
        assertThat(budget.usedBytes()).isZero();
    }

    /** A content, the blocks that it shares with another stream, and its model. */
    private final class Rig {
        final Random random;
        final boolean json;
        final long start;
        final OpenBlock open = new OpenBlock(budget::allocateToMakeRoom);
        final BlockCompaction compaction = new BlockCompaction(open);
        final Journal journal = new MemoryJournal(budget);
        final StreamContent content;
        StreamContent other = new StreamContent(0, false, RunLimits.ANY);
        final StringBuilder model = new StringBuilder();
        final List<Long> ends = new ArrayList<>();

        Rig(Random random, boolean json) {
            this.random = random;
            this.json = json;
            this.start = json || random.nextBoolean() ? 0 : random.nextInt(1_000);
            this.content = new StreamContent(start, json, RunLimits.ANY);
            journal.listen(Journal.Listener.NONE);
        }

        void step() {
            switch (random.nextInt(6)) {
                case 0 -> otherAppends();
                case 1 -> undoAppends();
                case 2 -> compaction.step();
                default -> append(anyMessages());
            }
        }

        private List<String> anyMessages() {
            List<String> messages = new ArrayList<>();
            int length = random.nextInt(8) == 0 ? 90_000 : random.nextInt(3) == 0 ? 3_000 : 20;
            for (int i = 1 + random.nextInt(json ? 6 : 1); i > 0; i--) {
                String text = Integer.toString(random.nextInt(1_000)).repeat(1 + random.nextInt(length) / 3);
                messages.add(json ? "\"" + text + "\"" : text);
            }
            return messages;
        }

        void append(List<String> messages) {
            String text = json ? "[" + String.join(", ", messages) + "]" : String.join("", messages);
            Body body = Body.of(Unpooled.copiedBuffer(text, UTF_8));
            body = json ? splitter.split(body.bytes()) : body;
            Payload payload = Payload.of(body.bytes(), body.messages(), RunLimits.ANY, 0, 0);
            Journal.Staged staged = journal.stage(new LogRecord.Deleted(0, true, 0), payload);
            content.add(staged.block(), staged.position(), payload.runs(), 0);
            compaction.entered(content, staged.block());
            for (String message : messages) {
                model.append(message).append(json ? "," : "");
                ends.add(start + model.length());
            }
        }

        private void otherAppends() {
            Payload payload = Payload.of(
                    Unpooled.wrappedBuffer(new byte[1 + random.nextInt(200_000)]), null, RunLimits.ANY, 0, 0);
            Journal.Staged staged = journal.stage(new LogRecord.Deleted(0, true, 0), payload);
            other.add(staged.block(), staged.position(), payload.runs(), 0);
            compaction.entered(other, staged.block());
            if (random.nextBoolean()) {
                other.release(this::left);
                other = new StreamContent(0, false, RunLimits.ANY);
            }
        }

        private void undoAppends() {
            List<long[]> marks = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                marks.add(new long[] {content.end(), content.messageCount(), ends.size()});
                append(anyMessages());
            }
            for (int i = marks.size() - 1; i >= 0; i--) {
                long[] mark = marks.get(i);
                content.truncate(mark[0], mark[1]);
                model.setLength((int) (mark[0] - start));
                ends.subList((int) mark[2], ends.size()).clear();
            }
        }

        void checkAnyRead() {
            assertThat(content.end()).isEqualTo(start + model.length());
            long from = json ? anyBoundary() : start + random.nextInt(model.length() + 1);
            int bytesMax = 1 + random.nextInt(random.nextBoolean() ? 100 : 200_000);
            long end = content.readEnd(from, content.end(), bytesMax);
            assertThat(end).isBetween(from == content.end() ? from : from + 1, content.end());
            assertThat(json ? isBoundary(end) : end - from <= bytesMax).isTrue();
            ByteBuf bytes = HeldBytes.read(content, from, end, ReadBudget.NONE);
            assertThat(bytes.toString(UTF_8)).isEqualTo(model.substring((int) (from - start), (int) (end - start)));
            bytes.release();
        }

        private boolean isBoundary(long position) {
            return position == start || ends.contains(position);
        }

        private long anyBoundary() {
            int index = random.nextInt(ends.size() + 1);
            return index == 0 ? start : ends.get(index - 1);
        }

        void checkBoundaries() {
            assertThat(content.messageCount()).isEqualTo(ends.size());
            long position = random.nextBoolean() ? anyBoundary() : start + random.nextInt(model.length() + 1);
            long expected = position == start ? 0 : ends.indexOf(position) + 1;
            assertThat(content.messagesBefore(position, splitter)).isEqualTo(isBoundary(position) ? expected : -1);
            int number = random.nextInt(ends.size() + 1);
            Taken<Long> after = new Taken<>();
            new Boundaries(new ContentReader(new MemoryExtentStore(budget), new ReadBudget(0), splitter, 1), splitter)
                    .positionAfter(content, number, after);
            assertThat(after.get()).isEqualTo(number == 0 ? start : ends.get(number - 1));
        }

        void checkAppends() {
            assertThat(content.messageCount()).isEqualTo(ends.size());
            if (model.length() > 0) {
                long position = start + random.nextInt(model.length());
                int run = content.runOfAppendAt(position);
                assertThat(content.appendEnd(run, position))
                        .isEqualTo(ends.stream()
                                .filter(end -> end > position)
                                .findFirst()
                                .orElseThrow());
            }
        }

        private void left(Place place) {
            compaction.released((Block) place);
        }

        void close() {
            content.release(this::left);
            other.release(this::left);
            journal.close();
            open.close();
        }
    }
}
