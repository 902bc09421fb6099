package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers that are read window by window while others hold all the memory that they get. */
class ReadShareTest {
    private static final int SHARES = 16;
    private static final int WINDOW_BYTES = 1 << 20;

    private final FileRig rig;

    ReadShareTest() throws IOException {
        rig = new FileRig();
        rig.stop();
        rig.reads = new ReadBudget(SHARES * ReadShare.BYTES);
        rig.start();
    }

    private static String text(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static void appendTo(FileRig rig, String text) {
        for (int i = 0; i < text.length(); i += 50_000) {
            rig.append("a", text.substring(i, Math.min(text.length(), i + 50_000)))
                    .appended();
        }
    }

    /** An answer to its reader, who may take what is read or not. */
    private final class Reader {
        private final ReadShare share = Objects.requireNonNull(rig.store.admit());
        private final StreamState stream = rig.stream("a");
        private long position = stream.durableEarliest();
        private long end = Long.MAX_VALUE;

        Answer window() {
            Answer answer = new Answer();
            assertThat(share.begin()).isTrue();
            ReadLimit limit = new ReadLimit(Math.min(end, stream.durableTail()), WINDOW_BYTES, share);
            rig.store.read(stream, position, Buffers.NONE, position, limit, answer);
            rig.threads.runAll();
            share.end();
            return answer;
        }

        ByteBuf next() {
            ByteBuf bytes = window().as(Outcome.Chunk.class).bytes();
            assertThat(bytes.isReadable()).isTrue();
            position += bytes.readableBytes();
            share.next(position);
            return bytes;
        }

        boolean isAtEnd() {
            return position == stream.durableTail();
        }

        /** Takes all that comes, at once. */
        String rest() {
            StringBuilder text = new StringBuilder();
            while (!isAtEnd()) {
                ByteBuf bytes = next();
                text.append(bytes.toString(UTF_8));
                bytes.release();
            }
            share.close();
            return text.toString();
        }
    }

    /** Readers that hold what they get, as many as are admitted. */
    private List<Reader> silent(List<ByteBuf> held) {
        List<Reader> readers = new ArrayList<>();
        ReadShare share = rig.store.admit();
        while (share != null) {
            share.close();
            Reader reader = new Reader();
            held.add(reader.next());
            readers.add(reader);
            assertThat(rig.reads.usedBytes()).isLessThanOrEqualTo(SHARES * ReadShare.BYTES);
            assertThat(rig.reads.pinnedBytes()).isLessThanOrEqualTo(SHARES * ReadShare.BYTES);
            share = rig.store.admit();
        }
        return readers;
    }

    private void assertGetsOn(String expected) {
        Reader early = new Reader();
        List<ByteBuf> held = new ArrayList<>();
        List<Reader> silent = silent(held);
        assertThat(silent).hasSizeGreaterThanOrEqualTo(SHARES / 2);

        assertThat(early.rest().equals(expected)).isTrue();
        assertThat(new Reader().rest().equals(expected))
                .as("what is closed admits another")
                .isTrue();
        silent.forEach(reader -> reader.share.close());
        held.forEach(ByteBuf::release);
        assertThat(rig.reads.usedBytes()).isZero();
        assertThat(rig.reads.pinnedBytes()).isZero();
        rig.stop();
    }

    @Test
    void anAnswerFromFilesGetsOnWhateverOthersHold() {
        String text = text(3_000_000);
        rig.create(CreateRequest.at("a")).created();
        appendTo(rig, text);
        rig.checkpoint();
        assertThat(rig.stream("a").isInMemory(0, text.length())).isFalse();

        assertGetsOn(text);
    }

    @Test
    void anAnswerFromMemoryGetsOnAndReadersThatHoldBlocksAreBounded() {
        String text = text(800_000);
        rig.create(CreateRequest.at("a")).created();
        appendTo(rig, text);
        assertThat(rig.stream("a").isInMemory(0, text.length())).isTrue();

        assertGetsOn(text);
    }

    @Test
    void aMessageLongerThanTheWholeBudgetIsReadInParts() {
        String text = '"' + text(2 * SHARES * ReadShare.BYTES) + '"';
        rig.create(CreateRequest.at("a").json()).created();
        rig.append(AppendRequest.to("a").json("[1," + text + ",2]")).appended();
        assertGetsOnFromMemoryAndFiles("1," + text + ",2,");
    }

    private void assertGetsOnFromMemoryAndFiles(String expected) {
        assertThat(new Reader().rest().equals(expected)).isTrue();
        Reader overtaken = new Reader();
        ByteBuf first = overtaken.next();
        String beginning = first.toString(UTF_8);
        first.release();
        rig.checkpoint();
        assertThat(rig.stream("a").isInMemory(0, expected.length())).isFalse();
        assertThat((beginning + overtaken.rest()).equals(expected)).isTrue();
        assertGetsOn(expected);
    }

    @Test
    void aWindowBeginsAndEndsWithinARunOfSeveralMessages() {
        String message = '"' + text(5_000) + '"';
        rig.create(CreateRequest.at("a").json()).created();
        rig.append(AppendRequest.to("a").json("[" + String.join(",", Collections.nCopies(12, message)) + "]"))
                .appended();
        for (int i = 0; i < 2; i++) {
            assertThat(betweenMessages(message, 3, 7)).isEqualTo((message + ',').repeat(4));
            assertThat(betweenMessages(message, 11, 12)).isEqualTo(message + ',');
            rig.checkpoint();
        }
        rig.stop();
    }

    /** As a fork reads what it inherits: up to where it diverges. */
    private String betweenMessages(String message, int first, int end) {
        Reader reader = new Reader();
        reader.position = (long) first * (message.length() + 1);
        reader.end = (long) end * (message.length() + 1);
        ByteBuf bytes = reader.next();
        String text = bytes.toString(UTF_8);
        bytes.release();
        reader.share.close();
        return text;
    }

    @Test
    void aPlaceInsideALongMessageIsRefused() {
        rig.create(CreateRequest.at("a").json()).created();
        rig.append(AppendRequest.to("a").json("[\"" + text(200_000) + "\"]")).appended();
        for (int i = 0; i < 2; i++) {
            Reader reader = new Reader();
            reader.position = 100_000;
            assertThat(reader.window().code()).isEqualTo(ErrorCode.INVALID_OFFSET);
            reader.share.close();
            rig.checkpoint();
        }
        rig.stop();
    }

    @Test
    void anAnswerThatEndsWhileItIsReadGivesItsMemoryBack() {
        rig.create(CreateRequest.at("a")).created();
        appendTo(rig, text(100_000));
        rig.checkpoint();
        Reader reader = new Reader();
        assertThat(reader.share.begin()).isTrue();
        Answer answer = new Answer();
        rig.store.read(reader.stream, 0, Buffers.NONE, 0, new ReadLimit(100_000, WINDOW_BYTES, reader.share), answer);
        reader.share.close();
        assertThat(reader.share.begin()).isFalse();
        assertThat(rig.reads.usedBytes()).isEqualTo(ReadShare.BYTES);
        rig.threads.runAll();
        reader.share.end();
        answer.as(Outcome.Chunk.class).bytes().release();

        assertThat(rig.reads.usedBytes()).isZero();
        rig.stop();
    }

    @Test
    void whatAnAnswerHoldsWhenItEndsIsCountedUntilItIsReleased() {
        rig.create(CreateRequest.at("a")).created();
        appendTo(rig, text(100_000));
        rig.checkpoint();
        Reader reader = new Reader();
        ByteBuf held = reader.next();
        reader.share.close();
        reader.share.close();
        assertThat(rig.reads.usedBytes()).isGreaterThanOrEqualTo(held.readableBytes());
        held.release();
        assertThat(rig.reads.usedBytes()).isZero();
        rig.stop();
    }
}
