package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Reads of recent content in short runs, of which readers share joined copies. */
class JoinedChunksTest {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int SHARES = 256;
    private static final int APPEND_BYTES = 1_000;

    /** The tail is in the middle of a chunk. */
    private static final int APPENDS = 300;

    private final FileRig rig;

    JoinedChunksTest() throws IOException {
        rig = new FileRig();
    }

    private void restartWith(ReadBudget reads) throws IOException {
        rig.stop();
        rig.reads = reads;
        rig.start();
    }

    private String createStream(String path) {
        rig.create(CreateRequest.at(path)).created();
        Random random = new Random(path.hashCode());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < APPENDS; i++) {
            String part = random.ints(APPEND_BYTES, 'a', 'z' + 1)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            rig.append(path, part).appended();
            text.append(part);
        }
        return text.toString();
    }

    private ReadShare admitted() {
        return Objects.requireNonNull(rig.store.admit());
    }

    private Answer window(String path, long from, ReadShare share) {
        StreamState stream = rig.stream(path);
        Answer answer = new Answer();
        assertThat(share.begin()).isTrue();
        ReadLimit limit = new ReadLimit(stream.durableTail(), 1 << 20, share);
        rig.store.read(stream, from, Buffers.NONE, from, limit, answer);
        share.end();
        return answer;
    }

    private ByteBuf bytes(String path, long from, ReadShare share) {
        return window(path, from, share).as(Outcome.Chunk.class).bytes();
    }

    private String readFrom(String path, int from, int length) {
        ReadShare share = admitted();
        StringBuilder text = new StringBuilder();
        long position = from;
        while (position < length) {
            ByteBuf bytes = bytes(path, position, share);
            position += bytes.readableBytes();
            text.append(bytes.toString(UTF_8));
            bytes.release();
            share.next(position);
        }
        share.close();
        return text.toString();
    }

    @Test
    void aReaderSharesTheCopyThatAnotherHolds() {
        createStream("a");
        ReadShare first = admitted();
        ReadShare second = admitted();
        ByteBuf one = bytes("a", 0, first);
        long used = rig.reads.usedBytes();
        assertThat(used).isGreaterThan(2 * ReadShare.BYTES + CHUNK_BYTES);
        ByteBuf other = bytes("a", 0, second);
        assertThat(rig.reads.usedBytes()).isEqualTo(used);
        assertThat(other).isEqualTo(one);
        one.release();
        other.release();
        first.close();
        second.close();
        rig.stop();
        assertThat(rig.reads.usedBytes()).isZero();
    }

    @Test
    void readsBeginAndEndAnywhereInAChunk() {
        String text = createStream("a");
        String more = createStream("b");
        for (int from : new int[] {0, 1, APPEND_BYTES, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 299_999}) {
            assertThat(readFrom("a", from, text.length()).equals(text.substring(from)))
                    .isTrue();
            assertThat(readFrom("b", from, more.length()).equals(more.substring(from)))
                    .isTrue();
        }
        rig.append("a", "tail".repeat(CHUNK_BYTES)).appended();
        assertThat(readFrom("a", 0, text.length() + 4 * CHUNK_BYTES).equals(text + "tail".repeat(CHUNK_BYTES)))
                .isTrue();
        rig.stop();
    }

    @Test
    void theSecondUpkeepWithoutAReadReleasesTheChunks() {
        String text = createStream("a");
        readFrom("a", 0, text.length());
        rig.store.keepUp();
        assertThat(rig.reads.usedBytes()).isGreaterThanOrEqualTo(CHUNK_BYTES);
        readFrom("a", 0, text.length());
        rig.store.keepUp();
        assertThat(rig.reads.usedBytes()).isGreaterThanOrEqualTo(CHUNK_BYTES);
        rig.store.keepUp();
        assertThat(rig.reads.usedBytes()).isZero();
        rig.stop();
    }

    /** A budget of which a shard keeps 32 chunks of half a share each; a stream has nine. */
    private static ReadBudget smallBudget() {
        return new ReadBudget(new Budget("reads", SHARES * ReadShare.BYTES), 1 << 20, ReadShare.BYTES / 2);
    }

    @Test
    void aShardKeepsNoMoreThanItsPartOfTheBudget() throws IOException {
        restartWith(smallBudget());
        Map<String, String> texts = new TreeMap<>();
        for (String path : List.of("a", "b", "c", "d")) {
            texts.put(path, createStream(path));
        }
        for (int round = 0; round < 2; round++) {
            texts.forEach((path, text) ->
                    assertThat(readFrom(path, 0, text.length()).equals(text)).isTrue());
            assertThat(rig.reads.usedBytes())
                    .isEqualTo(rig.reads.chunkBytesMax(1))
                    .isEqualTo(32 * ReadShare.BYTES / 2);
        }
        rig.stop();
    }

    @Test
    void chunksAreReleasedWhenAnAnswerNeedsTheMemory() throws IOException {
        restartWith(smallBudget());
        String text = createStream("a");
        readFrom("a", 0, text.length());
        assertThat(rig.reads.usedBytes()).isEqualTo(9 * ReadShare.BYTES / 2);
        List<ReadShare> admitted = new ArrayList<>();
        for (int i = 0; i < SHARES; i++) {
            admitted.add(admitted());
        }
        assertThat(rig.store.admit()).isNull();
        ByteBuf bytes = bytes("a", 0, admitted.get(0));
        assertThat(bytes.toString(UTF_8).equals(text.substring(0, ReadShare.BYTES)))
                .as("an answer continues without memory for chunks")
                .isTrue();
        bytes.release();
        admitted.forEach(ReadShare::close);
        rig.stop();
    }

    @Test
    void droppedBytesOfAChunkAreRefused() throws IOException {
        restartWith(new ReadBudget(new Budget("reads", 1 << 26), 1 << 26, 16));
        rig.create(CreateRequest.at("a").retention(new Retention(-1, 100, -1))).created();
        for (int i = 0; i < 20; i++) {
            rig.append("a", "0123456789").appended();
        }
        rig.store.expire();
        rig.threads.runAll();
        long start = rig.stream("a").durableEarliest();
        assertThat(start).isGreaterThan(0);
        assertThat(readFrom("a", (int) start, 200)).endsWith("0123456789");
        for (int i = 0; i < 10; i++) {
            rig.append("a", "0123456789").appended();
        }
        rig.store.expire();
        rig.threads.runAll();
        assertThat(rig.stream("a").durableEarliest()).isGreaterThan(start);
        ReadShare share = admitted();
        assertThat(window("a", start, share).code()).isEqualTo(ErrorCode.OFFSET_GONE);
        share.close();
        rig.stop();
    }
}
