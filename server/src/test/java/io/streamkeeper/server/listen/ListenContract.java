package io.streamkeeper.server.listen;

import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.Message;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.recording.Demanding;
import io.streamkeeper.client.recording.Recorder;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.DurableStreams;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a listener and a subscriber can rely on, wherever the streams are. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ListenContract {
    @RegisterExtension
    static final ListenServer SERVER = new ListenServer();

    /** The streams of the server, by the transport under test. */
    abstract StreamSource source();

    final String path = ListenServer.path();
    final Recorder recorder = new Recorder();

    static DurableStreams streams() {
        return SERVER.streams();
    }

    final void create(CreateOptions options) {
        streams().create(path, options).join();
    }

    final String append(String json) {
        return streams().append(path, Content.json(json)).join().nextOffset();
    }

    final String appendText(byte[] bytes) {
        return streams().append(path, Content.of("text/plain", bytes)).join().nextOffset();
    }

    final Listening listen(From from) {
        return source().listen(path, from, recorder);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- data ----

    @Test
    void messagesArriveInOrderWithTheOffsetAfterThem() {
        create(CreateOptions.of(Content.json("[{\"n\":1},{\"n\":2}]")));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("{\"n\":1}", "{\"n\":2}");
        String third = append("{\"n\": \"ü\\n\"}");
        recorder.awaitMessages("{\"n\":1}", "{\"n\":2}", "{\"n\":\"ü\\n\"}");
        String last = append("[4,\n[5]]");
        recorder.awaitMessages("{\"n\":1}", "{\"n\":2}", "{\"n\":\"ü\\n\"}", "4", "[5]");
        assertThat(recorder.offsets()).endsWith(third, last);
        assertThat(recorder.offsets()).isSorted();
        eventually(() -> assertThat(listening.offset()).isEqualTo(last));
        assertThat(listening.path()).isEqualTo(path);
        listening.stop().join();
    }

    @Test
    void textComesAsTheBytesThatWereAppended() {
        create(CreateOptions.of(Content.text("one\rtwo\r\nthree\n\n: four\r")));
        Listening listening = listen(From.beginning());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(utf8("one\rtwo\r\nthree\n\n: four\r"));
        byte[] cut = utf8("\n ümlaut €\r");
        for (byte[] piece : List.of(Arrays.copyOf(cut, 3), Arrays.copyOfRange(cut, 3, 12), new byte[] {cut[12]})) {
            appendText(piece);
            all.writeBytes(piece);
            recorder.awaitBytes(all.toByteArray());
        }
        appendText(new byte[] {cut[13], '\r'});
        appendText(utf8("\n"));
        all.writeBytes(new byte[] {cut[13], '\r', '\n'});
        recorder.awaitBytes(all.toByteArray());
        listening.stop().join();
    }

    @Test
    void bytesComeAsTheyWereAppended() {
        create(CreateOptions.bytes());
        Listening listening = listen(From.beginning());
        Random random = new Random(1);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length : new int[] {1, 2, 3, 100_000, 700_000, 4}) {
            byte[] piece = new byte[length];
            random.nextBytes(piece);
            streams().append(path, Content.bytes(piece)).join();
            all.writeBytes(piece);
        }
        recorder.awaitBytes(all.toByteArray());
        listening.stop().join();
    }

    @Test
    void whatWasThereLongBeforeIsReadPieceByPiece() {
        create(CreateOptions.json());
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String message = "\"" + i + "x".repeat(20_000) + "\"";
            expected.add(message);
            append(message);
        }
        Listening listening = listen(From.beginning());
        recorder.awaitMessages(expected.toArray(String[]::new));
        assertThat(recorder.offsets()).hasSizeGreaterThan(2).isSorted().doesNotHaveDuplicates();
        listening.stop().join();
    }

    @Test
    void twoListenersOfAStreamAreOnTheirOwn() {
        create(CreateOptions.of(Content.json("[1]")));
        Recorder other = new Recorder();
        Listening first = listen(From.beginning());
        Listening second = source().listen(path, From.beginning(), other);
        recorder.awaitMessages("1");
        other.awaitMessages("1");
        first.stop().join();
        append("2");
        other.awaitMessages("1", "2");
        assertThat(recorder.messages()).containsExactly("1");
        assertThat(second.status()).isEqualTo(Status.STREAMING);
        second.stop().join();
    }

    // ---- where it begins ----

    @Test
    void nowLeavesOutWhatWasThere() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.now());
        assertThat(listening.offset())
                .isIn("now", streams().metadata(path).join().nextOffset());
        recorder.awaitStatus(Status.STREAMING);
        append("2");
        recorder.awaitMessages("2");
        listening.stop().join();
    }

    @Test
    void nowIsTheTailWhenTheStreamWasFoundAlsoAfterAStop() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.now());
        recorder.awaitStatus(Status.STREAMING);
        listening.stop().join();
        append("2");
        listening.resume();
        recorder.awaitMessages("2");
        listening.stop().join();
    }

    @Test
    void aListenerContinuesAtAnOffset() {
        create(CreateOptions.of(Content.json("[1]")));
        String offset = append("2");
        append("3");
        Listening listening = listen(From.offset(offset));
        recorder.awaitMessages("3");
        listening.stop().join();
    }

    @Test
    void anEmptyStreamIsWaitedFor() {
        create(CreateOptions.json());
        Listening listening = listen(From.beginning());
        recorder.awaitStatus(Status.STREAMING);
        append("1");
        recorder.awaitMessages("1");
        listening.stop().join();
    }

    // ---- the end of a stream ----

    @Test
    void aStreamThatIsClosedMeanwhileIsComplete() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        String end = streams().close(path).join().nextOffset();
        assertThat(recorder.awaitComplete()).isEqualTo(end);
        assertThat(listening.status()).isEqualTo(Status.IDLE);
        assertThat(listening.offset()).isEqualTo(end);
        assertThat(recorder.statuses()).containsExactly(Status.CONNECTING, Status.STREAMING, Status.IDLE);
    }

    @Test
    void aStreamThatIsClosedWithItsLastMessageIsCompleteAfterIt() {
        create(CreateOptions.json());
        listen(From.beginning());
        recorder.awaitStatus(Status.STREAMING);
        AppendResult last = streams()
                .append(path, Content.json("1"), AppendOptions.none().closing())
                .join();
        assertThat(recorder.awaitComplete()).isEqualTo(last.nextOffset());
        assertThat(recorder.messages()).containsExactly("1");
    }

    @Test
    void aStreamThatWasClosedBeforeIsReadToItsEnd() {
        create(CreateOptions.of(Content.text("all")).closed());
        listen(From.beginning());
        assertThat(recorder.awaitComplete())
                .isEqualTo(streams().metadata(path).join().nextOffset());
        assertThat(recorder.text()).isEqualTo("all");
    }

    @Test
    void aClosedEmptyStreamIsCompleteAtOnce() {
        create(CreateOptions.bytes().closed());
        listen(From.now());
        recorder.awaitComplete();
        assertThat(recorder.offsets()).isEmpty();
    }

    @Test
    void aStreamThatIsDeletedMeanwhileIsAnError() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        streams().delete(path).join();
        recorder.awaitError(StreamException.NotFound.class);
        assertThat(listening.status()).isEqualTo(Status.IDLE);
    }

    @Test
    void aStreamThatIsNotThereIsAnError() {
        listen(From.now());
        StreamException error = recorder.awaitError(StreamException.NotFound.class);
        assertThat(error.code()).isEqualTo("stream_not_found");
        assertThat(error.status()).isEqualTo(404);
        assertThat(recorder.statuses()).containsExactly(Status.CONNECTING, Status.IDLE);
    }

    @Test
    void aPathThatCannotBeOneIsAnError() {
        source().listen("a//b", From.beginning(), recorder);
        assertThat(recorder.awaitError(StreamException.Invalid.class).code()).isEqualTo("invalid_path");
    }

    @Test
    void anOffsetThatIsNoneIsAnError() {
        create(CreateOptions.json());
        listen(From.offset("not an offset"));
        assertThat(recorder.awaitError(StreamException.Invalid.class).code()).isEqualTo("invalid_offset");
    }

    // ---- stop, resume and reset ----

    @Test
    void dataAppendedWhileItIsStoppedIsDeliveredWhenItResumes() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        String stopped = listening.stop().join();
        assertThat(listening.status()).isEqualTo(Status.IDLE);
        assertThat(recorder.offsets()).endsWith(stopped);
        append("2");
        listening.resume();
        recorder.awaitMessages("1", "2");
        assertThat(recorder.statuses())
                .containsExactly(Status.CONNECTING, Status.STREAMING, Status.IDLE, Status.CONNECTING, Status.STREAMING);
        listening.stop().join();
    }

    @Test
    void aResetBeginsAgainWithWhatItBeganWith() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        assertThat(listening.reset().join()).isEqualTo("-1");
        assertThat(listening.offset()).isEqualTo("-1");
        assertThat(listening.status()).isEqualTo(Status.IDLE);
        listening.resume();
        recorder.awaitMessages("1", "1");
        listening.stop().join();
    }

    @Test
    void aStopFromWithinACallCountsTheBatchThatIsBeingTaken() {
        create(CreateOptions.json());
        AtomicReference<Listening> listening = new AtomicReference<>();
        List<CompletableFuture<String>> stops = new ArrayList<>();
        recorder.onEach(batch -> stops.add(listening.get().stop()));
        listening.set(listen(From.beginning()));
        int count = 5;
        for (int i = 0; i < count; i++) {
            String offset = append(Integer.toString(i));
            int taken = i + 1;
            eventually(() -> assertThat(stops).hasSize(taken));
            assertThat(stops.get(i).join()).isEqualTo(offset);
            assertThat(listening.get().status()).isEqualTo(Status.IDLE);
            listening.get().resume();
        }
        recorder.awaitMessages("0", "1", "2", "3", "4");
        listening.get().stop().join();
    }

    @Test
    void aStopFromElsewhereIsDoneWhenTheCallUnderWayHasReturned() throws InterruptedException {
        create(CreateOptions.of(Content.json("[1]")));
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch returns = new CountDownLatch(1);
        recorder.onEach(batch -> {
            called.countDown();
            Recorder.awaitLatch(returns);
        });
        Listening listening = listen(From.beginning());
        called.await();
        append("2");
        CompletableFuture<String> stopped = listening.stop();
        assertThat(stopped).isNotDone();
        returns.countDown();
        stopped.join();
        assertThat(recorder.messages()).containsExactly("1");
        assertThat(recorder.statuses()).endsWith(Status.IDLE);
        listening.resume();
        recorder.awaitMessages("1", "2");
        listening.stop().join();
    }

    @Test
    void nothingIsLostOrDoubledByStopsAndResumesAtAnyMoment() {
        create(CreateOptions.json());
        Listening listening = listen(From.beginning());
        Random random = new Random(7);
        int count = 300;
        List<CompletableFuture<AppendResult>> appends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appends.add(streams().append(path, Content.json(Integer.toString(i))));
            if (random.nextInt(4) == 0) {
                listening.stop();
                if (random.nextBoolean()) {
                    appends.get(i).join();
                }
                listening.resume();
            }
        }
        recorder.awaitMessages(
                IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new));
        listening.stop().join();
    }

    @Test
    void resumeHasNoEffectOnOneThatIsNotIdle() {
        create(CreateOptions.json());
        Listening listening = listen(From.beginning());
        recorder.awaitStatus(Status.STREAMING);
        listening.resume();
        append("1");
        recorder.awaitMessages("1");
        listening.stop().join();
        assertThat(recorder.statuses()).containsExactly(Status.CONNECTING, Status.STREAMING, Status.IDLE);
    }

    // ---- dropped data ----

    /** Appends until retention has dropped the data at {@code offset}; returns the messages that are kept. */
    private List<String> overtake(String offset) {
        eventually(() -> {
            for (int i = 0; i < 10; i++) {
                append("\"more\"");
            }
            assertThat(streams().metadata(path).join().earliestOffset()).isGreaterThan(offset);
        });
        return streams().readMessages(path, From.beginning()).join().stream()
                .map(Message::json)
                .toList();
    }

    @Test
    void aStoppedListenerThatRetentionHasOvertakenGetsTheEarliestOffset() {
        create(CreateOptions.json().maxMessages(3));
        append("1");
        recorder.continuingAt(gone -> From.offset(gone.earliestOffset()));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        String stopped = listening.stop().join();
        List<String> kept = overtake(stopped);
        listening.resume();
        OffsetGone gone = recorder.awaitGone();
        assertThat(gone.earliestOffset()).isGreaterThan(stopped);
        eventually(() -> assertThat(recorder.messages()).hasSize(1 + kept.size()));
        append("\"next\"");
        eventually(() -> assertThat(recorder.messages()).endsWith("\"next\""));
        assertThat(recorder.gone()).hasSize(1);
        assertThat(recorder.statuses()).endsWith(Status.CONNECTING, Status.STREAMING);
        listening.stop().join();
    }

    @Test
    void aListenerThatDoesNotContinueEndsAtDroppedData() {
        create(CreateOptions.json().maxMessages(3));
        append("1");
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        String stopped = listening.stop().join();
        overtake(stopped);
        listening.resume();
        recorder.awaitGone();
        recorder.awaitStatus(Status.IDLE);
        assertThat(listening.offset()).isEqualTo(stopped);
        assertThat(recorder.errors()).isEmpty();
        assertThat(recorder.completions()).isEmpty();
    }

    @Test
    void aSlowListenerThatRetentionOvertakesIsCalledWithIt() throws InterruptedException {
        create(CreateOptions.bytes().maxBytes(100_000));
        byte[] piece = new byte[50_000];
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch returns = new CountDownLatch(1);
        AtomicReference<String> earliest = new AtomicReference<>();
        recorder.onEach(batch -> {
            called.countDown();
            Recorder.awaitLatch(returns);
        });
        recorder.continuingAt(gone -> {
            earliest.set(gone.earliestOffset());
            return From.offset(gone.earliestOffset());
        });
        Listening listening = listen(From.beginning());
        recorder.awaitStatus(Status.STREAMING);
        streams().append(path, Content.bytes(piece)).join();
        called.await();
        for (int i = 0; i < 400; i++) {
            streams().append(path, Content.bytes(piece)).join();
        }
        returns.countDown();
        recorder.awaitGone();
        streams().close(path).join();
        recorder.awaitComplete();
        assertThat(recorder.bytes().length).isLessThan(400 * piece.length);
        assertThat(earliest.get()).isLessThan(listening.offset());
    }

    @Test
    void aStreamThatWasMadeAgainIsNotTakenForTheOneBefore() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        listening.stop().join();
        streams().delete(path).join();
        create(CreateOptions.of(Content.json("[10,11]")));
        listening.resume();
        assertThat(recorder.awaitGone().earliestOffset()).isNull();
        recorder.awaitStatus(Status.IDLE);
        assertThat(recorder.messages()).containsExactly("1");
    }

    @Test
    void aStreamThatWasMadeAgainIsReadFromItsBeginningIfTheListenerWants() {
        create(CreateOptions.of(Content.json("[1]")));
        Listening listening = listen(From.now());
        recorder.awaitStatus(Status.STREAMING);
        listening.stop().join();
        streams().delete(path).join();
        create(CreateOptions.of(Content.text("another")));
        recorder.continuingAt(gone -> From.beginning());
        listening.resume();
        recorder.awaitText("another");
        listening.stop().join();
    }

    // ---- listeners that throw ----

    @Test
    void whatAListenerThrowsEndsItBeforeTheBatch() {
        create(CreateOptions.of(Content.json("[1]")));
        String before = streams().metadata(path).join().nextOffset();
        Listening listening = listen(From.beginning());
        recorder.awaitMessages("1");
        recorder.onEach(batch -> {
            throw new IllegalStateException("not today");
        });
        append("2");
        assertThat(recorder.awaitError(IllegalStateException.class)).hasMessage("not today");
        assertThat(listening.status()).isEqualTo(Status.IDLE);
        assertThat(listening.offset()).isEqualTo(before);
        recorder.onEach(batch -> {});
        listening.resume();
        recorder.awaitMessages("1", "2");
        listening.stop().join();
    }

    @Test
    @LogsFaults("a listener of stream {} failed")
    void anExceptionOfANotificationChangesNothing() {
        create(CreateOptions.of(Content.json("[1]")));
        List<String> received = new ArrayList<>();
        Listening listening = source().listen(path, From.beginning(), new StreamListener() {
            @Override
            public void onData(Batch batch) {
                received.addAll(batch.messages());
            }

            @Override
            public void onStatus(Status status) {
                throw new AssertionError("a listener's own fault, on purpose");
            }
        });
        eventually(() -> assertThat(received).containsExactly("1"));
        listening.stop().join();
    }

    // ---- publishers ----

    @Test
    void aSubscriberGetsAsManyBatchesAsItRequests() throws InterruptedException {
        create(CreateOptions.json());
        Demanding subscriber = new Demanding();
        source().publisher(path, From.beginning()).subscribe(subscriber);
        subscriber.request(1);
        append("1");
        subscriber.awaitBatches(1);
        append("2");
        append("3");
        subscriber.request(1);
        subscriber.awaitBatches(2);
        assertThat(subscriber.batches().get(0).messages()).containsExactly("1");
        assertThat(subscriber.batches().get(1).messages()).startsWith("2");
        subscriber.request(Long.MAX_VALUE);
        streams().close(path).join();
        subscriber.awaitComplete();
        assertThat(subscriber.batches().stream().flatMap(batch -> batch.messages().stream()))
                .containsExactly("1", "2", "3");
        assertThat(subscriber.errors()).isEmpty();
    }

    @Test
    void eachSubscriberBeginsWhereThePublisherSays() throws InterruptedException {
        create(CreateOptions.of(Content.json("[1]")).closed());
        for (int i = 0; i < 2; i++) {
            Demanding subscriber = new Demanding();
            source().publisher(path, From.beginning()).subscribe(subscriber);
            subscriber.request(1);
            subscriber.awaitComplete();
            assertThat(subscriber.batches()).hasSize(1);
        }
    }

    @Test
    void aSubscriberThatHasCancelledIsNotCalledAgain() throws InterruptedException {
        create(CreateOptions.of(Content.json("[1]")));
        Demanding cancelled = new Demanding();
        Demanding other = new Demanding();
        source().publisher(path, From.beginning()).subscribe(cancelled);
        source().publisher(path, From.beginning()).subscribe(other);
        cancelled.request(10);
        other.request(10);
        cancelled.awaitBatches(1);
        other.awaitBatches(1);
        cancelled.subscription().cancel();
        append("2");
        other.awaitBatches(2);
        append("3");
        other.awaitBatches(3);
        assertThat(cancelled.batches()).hasSize(1);
        other.subscription().cancel();
    }

    @Test
    void aSubscriberReceivesTheReasonOfItsEnd() throws InterruptedException {
        Demanding lost = new Demanding();
        source().publisher(path, From.beginning()).subscribe(lost);
        assertThat(lost.awaitError()).isInstanceOf(StreamException.NotFound.class);

        create(CreateOptions.json());
        String old = append("1");
        streams().delete(path).join();
        create(CreateOptions.json());
        Demanding gone = new Demanding();
        source().publisher(path, From.offset(old)).subscribe(gone);
        gone.request(1);
        assertThat(gone.awaitError()).isInstanceOf(OffsetGone.class);
        assertThat(gone.completions()).isZero();
    }

    // ---- memory ----

    /** New data is not held in memory for a slow listener, which receives all of it later. */
    @Test
    void aListenerThatIsBlockedHoldsNoMoreThanABatch() throws InterruptedException {
        int pieceBytes = 1 << 20;
        int pieces = 72;
        create(CreateOptions.bytes());
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch returns = new CountDownLatch(1);
        Patterned taken = new Patterned();
        Listening listening = source().listen(path, From.beginning(), batch -> {
            called.countDown();
            Recorder.awaitLatch(returns);
            taken.add(batch.bytes());
        });
        streams().append(path, Content.bytes(Patterned.piece(0, 1_000))).join();
        called.await();
        long before = usedHeapBytes();
        long written = 1_000;
        for (int i = 0; i < pieces; i++) {
            streams()
                    .append(path, Content.bytes(Patterned.piece(written, pieceBytes)))
                    .join();
            written += pieceBytes;
        }
        long grown = usedHeapBytes() - before;
        assertThat(grown)
                .as("bytes of the heap while %d were appended", written)
                .isLessThan(written / 8);
        returns.countDown();
        long all = written;
        eventually(() -> assertThat(taken.length()).isEqualTo(all));
        assertThat(taken.isWhole()).isTrue();
        listening.stop().join();
    }

    private static long usedHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Bytes each of which depends on its position. */
    private static final class Patterned {
        private long length;
        private boolean whole = true;

        static byte[] piece(long from, int length) {
            byte[] piece = new byte[length];
            for (int i = 0; i < length; i++) {
                piece[i] = at(from + i);
            }
            return piece;
        }

        private static byte at(long place) {
            return (byte) (place * 31 + (place >>> 8) * 7 + (place >>> 16));
        }

        synchronized void add(byte[] bytes) {
            for (byte octet : bytes) {
                whole &= octet == at(length++);
            }
        }

        synchronized long length() {
            return length;
        }

        synchronized boolean isWhole() {
            return whole;
        }
    }
}
