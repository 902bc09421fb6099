package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.CreateResult;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.Message;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.wire.LoopGuard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java API, in files that are rewritten all the time; no loop may block and no buffer may leak. */
@Timeout(60)
class DurableStreamsTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    private Path directory;

    private DurableStreams streams;
    private BlockingStreams blocking;

    @BeforeEach
    void open() throws IOException {
        LoopGuard.install();
        open(config());
    }

    private void open(ServerConfig config) throws IOException {
        streams = DurableStreams.open(config);
        blocking = streams.blocking();
    }

    private ServerConfig config() {
        return ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(3))
                .data(data -> data.directory(directory)
                        .checkpointBytes(64 << 10)
                        .checkpointMillis(150)
                        .segmentBytes(256 << 10))
                .build();
    }

    @AfterEach
    void close() {
        streams.close();
        LoopGuard.assertNothingBlocked();
        LeakRecorder.assertNothingLeaked();
    }

    private static <X extends StreamException> X refused(Class<X> type, CompletableFuture<?> future) {
        CompletionException thrown = catchThrowableOfType(CompletionException.class, future::join);
        assertThat(thrown).isNotNull().hasCauseInstanceOf(type);
        return type.cast(thrown.getCause());
    }

    // ---- create, append, read ----

    @Test
    void appendedDataIsReadWithTheOffsetAfterIt() throws InterruptedException {
        CreateResult created = blocking.create("notes/a", CreateOptions.of(Content.text("hello")));
        AppendResult appended = blocking.append("notes/a", Content.text(" wörld"));
        Batch all = blocking.read("notes/a", From.beginning());
        Batch rest = blocking.read("notes/a", From.offset(created.stream().nextOffset()));

        assertThat(created.existed()).isFalse();
        assertThat(appended.wrote()).isTrue();
        assertThat(all.text()).isEqualTo("hello wörld");
        assertThat(all.contentType()).isEqualTo("text/plain");
        assertThat(all.nextOffset()).isEqualTo(appended.nextOffset());
        assertThat(all.upToDate()).isTrue();
        assertThat(all.closed()).isFalse();
        assertThat(rest.text()).isEqualTo(" wörld");
        assertThat(blocking.read("notes/a", From.now()).isEmpty()).isTrue();
    }

    @Test
    void messagesKeepTheirBytesExceptWhiteSpace() throws InterruptedException {
        blocking.create("events", CreateOptions.json());
        blocking.append("events", Content.json("{\"n\": 1.50}"));
        blocking.append("events", Content.json(" [ \"a,]\" , [2 , 3], null ] "));

        assertThat(texts("events")).containsExactly("{\"n\":1.50}", "\"a,]\"", "[2,3]", "null");
        assertThat(blocking.read("events", From.beginning()).text()).isEqualTo("[{\"n\":1.50},\"a,]\",[2,3],null]");
        Batch nothing = blocking.read("events", From.now());
        assertThat(nothing.isEmpty()).isTrue();
        assertThat(nothing.messages()).isEmpty();
    }

    @Test
    void aPageOfTextMayEndInsideACharacter() throws InterruptedException {
        String start = blocking.create("t", CreateOptions.of(Content.text(""))).stream()
                .nextOffset();
        blocking.append("t", Content.text("a\u20acb"));
        String inside = start.substring(0, 17) + String.format("%016d", Long.parseLong(start.substring(17)) + 2 * 3);
        Page page = blocking.read("t", ReadOptions.before(From.offset(inside)).maxBytes(10));
        assertThat(page.batch().nextOffset()).isEqualTo(inside);
        assertThat(page.batch().text()).startsWith("a");
    }

    @Test
    void anyTimeAndAnyLimitMayBeNamed() throws InterruptedException {
        blocking.create("events", CreateOptions.json());
        blocking.append("events", Content.json("[1,2,3]"));
        assertThat(blocking.read("events", ReadOptions.since(Instant.MIN))
                        .batch()
                        .text())
                .isEqualTo("[1,2,3]");
        assertThat(blocking.read("events", ReadOptions.since(Instant.MAX))
                        .batch()
                        .isEmpty())
                .isTrue();
        String second = blocking.read(
                        "events", ReadOptions.from(From.beginning()).limit(1))
                .batch()
                .nextOffset();
        Page rest =
                blocking.read("events", ReadOptions.from(From.offset(second)).limit(Long.MAX_VALUE));
        assertThat(rest.batch().text()).isEqualTo("[2,3]");
    }

    private List<String> texts(String path) throws InterruptedException {
        return blocking.readMessages(path, From.beginning()).stream()
                .map(Message::json)
                .toList();
    }

    /** In a fork, too, whose first messages have offsets of its source. */
    @Test
    void aReadContinuesAfterAnyMessage() throws InterruptedException {
        blocking.create("source", CreateOptions.json());
        blocking.append("source", Content.json("[1, \"two\" , {\"n\": [3]}]"));
        blocking.create("fork", CreateOptions.forkOf("source"));
        blocking.append("source", Content.json("\"not inherited\""));
        blocking.append("fork", Content.json("[4,5]"));
        blocking.append("fork", Content.json("6"));

        List<Message> all = blocking.readMessages("fork", From.beginning());

        assertThat(all).extracting(Message::json).containsExactly("1", "\"two\"", "{\"n\":[3]}", "4", "5", "6");
        for (int i = 0; i < all.size(); i++) {
            assertThat(blocking.readMessages("fork", From.offset(all.get(i).nextOffset())))
                    .isEqualTo(all.subList(i + 1, all.size()));
        }
        assertThat(all.get(5).nextOffset()).isEqualTo(blocking.metadata("fork").nextOffset());
        assertThat(all.get(2).nextOffset()).isNotEqualTo(all.get(3).nextOffset());
    }

    @Test
    void bytesAreKeptAsTheyAre() throws InterruptedException {
        byte[] bytes = new byte[300_000];
        IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) (i * 31));
        blocking.create("bytes", CreateOptions.bytes());
        blocking.append("bytes", Content.bytes(bytes));

        assertThat(blocking.read("bytes", From.beginning()).bytes()).isEqualTo(bytes);
        assertThatThrownBy(() -> blocking.readMessages("bytes", From.beginning()))
                .isInstanceOf(StreamException.ContentTypeMismatch.class)
                .hasMessageContaining("application/octet-stream");
    }

    @Test
    void aLongStreamIsReadInBatchesThatCutNoMessage() throws InterruptedException {
        blocking.create("long", CreateOptions.json());
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            messages.add("\"" + "m".repeat(i * 10) + i + "\"");
            blocking.append("long", Content.json(messages.get(i)));
        }
        List<String> read = new ArrayList<>();
        From from = From.beginning();
        int batches = 0;
        Batch batch;
        do {
            batch = blocking.read("long", from, 10_000);
            read.addAll(batch.messages());
            from = From.offset(batch.nextOffset());
            batches++;
        } while (!batch.upToDate());

        assertThat(read).isEqualTo(messages);
        assertThat(texts("long")).isEqualTo(messages);
        assertThat(streams.readMessages("long", From.beginning()).join())
                .isEqualTo(blocking.readMessages("long", From.beginning()));
        assertThat(batches).isGreaterThan(5);
        assertThatIllegalArgumentException().isThrownBy(() -> streams.read("long", From.beginning(), 0));
    }

    @Test
    void creatingTheSameAgainIsNoErrorAndAnotherIs() throws InterruptedException {
        CreateOptions options = CreateOptions.json().ttl(Duration.ofHours(1));
        blocking.create("same", options);

        assertThat(blocking.create("same", options).existed()).isTrue();
        StreamException.Exists exists =
                refused(StreamException.Exists.class, streams.create("same", CreateOptions.text()));
        assertThat(exists.status()).isEqualTo(409);
        assertThat(exists.code()).isEqualTo("stream_exists");
    }

    @Test
    void metadataHasTheOptionsOfTheCreation() throws InterruptedException {
        Instant moment = Instant.parse("2100-01-31T12:00:00.250Z");
        blocking.create("ttl", CreateOptions.text().ttl(Duration.ofSeconds(90)));
        blocking.create(
                "moment", CreateOptions.of(Content.text("x")).expiresAt(moment).closed());
        blocking.create(
                "kept",
                CreateOptions.json()
                        .maxAge(Duration.ofDays(1))
                        .maxBytes(1 << 20)
                        .maxMessages(9));

        assertThat(blocking.metadata("ttl").expiry()).isEqualTo(new Expiry.Ttl(90));
        StreamMetadata closed = blocking.metadata("moment");
        assertThat(closed.expiry()).isEqualTo(new Expiry.At(moment.toEpochMilli()));
        assertThat(closed.closed()).isTrue();
        assertThat(closed.nextOffset()).isGreaterThan(closed.earliestOffset());
        assertThat(blocking.metadata("kept").retention()).isEqualTo(new Retention(86_400, 1 << 20, 9));
    }

    @Test
    void theConfigurationHasTheDefaultRetention() throws InterruptedException, IOException {
        streams.close();
        Retention week = new Retention(604_800, Retention.UNBOUNDED, 7);
        open(config().toBuilder()
                .retention(new RetentionConfig(List.of(new RetentionConfig.Rule("logs/**", week))))
                .build());
        blocking.create("logs/a", CreateOptions.json());
        blocking.create("logs/text", CreateOptions.text());
        blocking.create("logs/own", CreateOptions.json().maxMessages(3));
        blocking.create("other", CreateOptions.json());

        assertThat(blocking.metadata("logs/a").retention()).isEqualTo(week);
        assertThat(blocking.metadata("logs/text").retention()).isEqualTo(week);
        assertThat(blocking.metadata("logs/own").retention().maxMessages()).isEqualTo(3);
        assertThat(blocking.metadata("other").retention().isNone()).isTrue();
    }

    @Test
    void readingDroppedDataFailsWithTheEarliestOffset() throws InterruptedException {
        String first = blocking.create("kept", CreateOptions.json().maxMessages(10)).stream()
                .nextOffset();
        for (int i = 0; i < 100; i++) {
            blocking.append("kept", Content.json("" + i));
        }
        StreamException.OffsetGone gone =
                refused(StreamException.OffsetGone.class, streams.read("kept", From.offset(first)));

        assertThat(gone.earliestOffset()).isEqualTo(blocking.metadata("kept").earliestOffset());
        List<Message> left = blocking.readMessages("kept", From.offset(gone.earliestOffset()));
        assertThat(left).extracting(Message::json).endsWith("98", "99").hasSizeBetween(10, 12);
    }

    @Test
    void aMessageMayBeNestedAsDeepAsTheServerTakesIt() throws InterruptedException {
        String deep = "[".repeat(JsonSplitter.NESTING_MAX - 1) + "]".repeat(JsonSplitter.NESTING_MAX - 1);
        blocking.create("deep", CreateOptions.json());
        blocking.append("deep", Content.json("[" + deep + "]"));
        blocking.append("deep", Content.json("{\"a\":" + deep + "}"));

        assertThat(texts("deep")).containsExactly(deep, "{\"a\":" + deep + "}");
    }

    // ---- conditions ----

    @Test
    void anAppendToAnotherTailThanExpectedFailsWithTheTail() throws InterruptedException {
        String empty = blocking.create("doc", CreateOptions.text()).stream().nextOffset();
        String tail = blocking.append(
                        "doc", Content.text("a"), AppendOptions.none().ifMatch(empty))
                .nextOffset();
        StreamException.OffsetMismatch mismatch = refused(
                StreamException.OffsetMismatch.class,
                streams.append("doc", Content.text("b"), AppendOptions.none().ifMatch(empty)));

        StreamException.OffsetMismatch conflict = refused(
                StreamException.OffsetMismatch.class,
                streams.append("doc", Content.text("b"), AppendOptions.none().expectedOffset(empty)));

        assertThat(mismatch.currentOffset()).isEqualTo(tail);
        assertThat(mismatch.status()).isEqualTo(412);
        assertThat(conflict.currentOffset()).isEqualTo(tail);
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(blocking.read("doc", From.beginning()).text()).isEqualTo("a");
    }

    @Test
    void aProducerWritesOnceHoweverOftenItTries() throws InterruptedException {
        blocking.create("once", CreateOptions.text());
        AppendResult first = blocking.append("once", Content.text("a"), producer(0, 0));
        AppendResult again = blocking.append("once", Content.text("a"), producer(0, 0));
        AppendResult next = blocking.append("once", Content.text("b"), producer(0, 1));

        assertThat(first.wrote()).isTrue();
        assertThat(again.wrote()).isFalse();
        assertThat(again.nextOffset()).isEqualTo(first.nextOffset());
        assertThat(next.producer()).isEqualTo(new Producer("p", 0, 1));
        StreamException.ProducerGap gap =
                refused(StreamException.ProducerGap.class, streams.append("once", Content.text("d"), producer(0, 3)));
        assertThat(gap.expectedSeq()).isEqualTo(2);
        assertThat(gap.receivedSeq()).isEqualTo(3);
        blocking.append("once", Content.text("c"), producer(4, 0));
        StreamException.ProducerFenced fenced = refused(
                StreamException.ProducerFenced.class, streams.append("once", Content.text("z"), producer(3, 9)));
        assertThat(fenced.currentEpoch()).isEqualTo(4);
        assertThat(blocking.read("once", From.beginning()).text()).isEqualTo("abc");
    }

    private static AppendOptions producer(long epoch, long seq) {
        return AppendOptions.none().producer("p", epoch, seq);
    }

    @Test
    void aSequenceDoesNotGoBack() throws InterruptedException {
        blocking.create("seq", CreateOptions.text());
        blocking.append("seq", Content.text("a"), AppendOptions.none().streamSeq("b"));

        refused(
                StreamException.SequenceRegression.class,
                streams.append("seq", Content.text("b"), AppendOptions.none().streamSeq("a")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendOptions.none().streamSeq("x".repeat(1025)))
                .withMessageContaining("1025");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendOptions.none().streamSeq(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendOptions.none().streamSeq("\uDC00\uD800"));
    }

    @Test
    void anAppendToAClosedStreamFailsWithItsEnd() throws InterruptedException {
        blocking.create("end", CreateOptions.text());
        AppendResult last =
                blocking.append("end", Content.text("z"), AppendOptions.none().closing());
        StreamException.Closed closed =
                refused(StreamException.Closed.class, streams.append("end", Content.text("more")));

        assertThat(last.closed()).isTrue();
        assertThat(closed.nextOffset()).isEqualTo(last.nextOffset());
        assertThat(blocking.close("end").wrote()).isFalse();
        assertThat(blocking.read("end", From.beginning()).closed()).isTrue();
        assertThat(blocking.tail("end", From.now(), LONG).closed()).isTrue();
    }

    // ---- forks, deletion ----

    @Test
    void aForkIsIndependentOfItsSource() throws InterruptedException {
        blocking.create("source", CreateOptions.json());
        String two = blocking.append("source", Content.json("1")).nextOffset();
        blocking.append("source", Content.json("[2,3]"));
        blocking.create("all", CreateOptions.forkOf("source"));
        blocking.create("one", CreateOptions.forkOf("source", From.offset(two)));
        blocking.create("two", CreateOptions.forkOf("source", From.beginning(), 2));
        blocking.append("source", Content.json("4"));
        blocking.append("one", Content.json("\"own\""));

        assertThat(texts("all")).containsExactly("1", "2", "3");
        assertThat(texts("one")).containsExactly("1", "\"own\"");
        assertThat(texts("two")).containsExactly("1", "2");
        refused(StreamException.NotFound.class, streams.create("x", CreateOptions.forkOf("nothing")));
    }

    @Test
    void aDeletedStreamIsNotFound() throws InterruptedException {
        String old = blocking.create("gone", CreateOptions.of(Content.text("x"))).stream()
                .nextOffset();
        blocking.delete("gone");

        StreamException.NotFound gone = refused(StreamException.NotFound.class, streams.read("gone", From.beginning()));
        assertThat(gone.code()).isEqualTo("stream_not_found");
        assertThat(gone.status()).isEqualTo(404);
        blocking.create("gone", CreateOptions.text());
        StreamException.OffsetGone another =
                refused(StreamException.OffsetGone.class, streams.read("gone", From.offset(old)));
        assertThat(another.earliestOffset()).isNull();
        blocking.create("copy", CreateOptions.forkOf("gone"));
        blocking.delete("gone");
        refused(StreamException.Deleted.class, streams.metadata("gone"));
    }

    // ---- bad input ----

    @Test
    void anInvalidArgumentIsRefusedWithItsValue() throws InterruptedException {
        blocking.create("json", CreateOptions.json());

        assertThat(refused(StreamException.Invalid.class, streams.metadata("a//b")))
                .hasMessageContaining("a//b")
                .hasMessageContaining("empty segment");
        assertThat(refused(StreamException.Invalid.class, streams.read("json", From.offset("12"))))
                .hasMessageContaining("12");
        assertThat(refused(StreamException.Invalid.class, streams.append("json", Content.json("{")))
                        .code())
                .isEqualTo("invalid_json");
        assertThat(refused(StreamException.Invalid.class, streams.append("json", Content.json("[]")))
                        .code())
                .isEqualTo("empty_body");
        assertThat(refused(StreamException.Invalid.class, streams.append("json", Content.json("")))
                        .code())
                .isEqualTo("empty_body");
        refused(StreamException.ContentTypeMismatch.class, streams.append("json", Content.text("x")));
        assertThat(refused(
                                StreamException.Invalid.class,
                                streams.append(
                                        "json",
                                        Content.json("1"),
                                        AppendOptions.none().ifMatch("x")))
                        .code())
                .isEqualTo("invalid_offset");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CreateOptions.json().ttl(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CreateOptions.json().maxBytes(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendOptions.none().producer("", 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendOptions.none().producer("p", -1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendOptions.none().producer("p\uD800", 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> From.offset(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CreateOptions.json().ttl(Duration.ofMillis(500)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Retention(0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> streams.tail("json", From.now(), Duration.ofSeconds(-1)));
        assertThat(refused(StreamException.Invalid.class, streams.create("__ds/x", CreateOptions.json())))
                .hasMessageContaining("reserved");
    }

    @Test
    void contentThatIsTooLongIsRefused() throws InterruptedException {
        blocking.create("long", CreateOptions.bytes());
        byte[] content = new byte[streams.config().http().bodyBytesMax() + 1];

        assertThat(refused(StreamException.Invalid.class, streams.append("long", Content.bytes(content)))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aPathIsNotPercentDecoded() throws InterruptedException {
        blocking.create("100% é/b c", CreateOptions.of(Content.text("x")));

        assertThat(blocking.read("100% é/b c", From.beginning()).text()).isEqualTo("x");
    }

    // ---- waiting ----

    @Test
    void aTailWaitsForTheNextAppend() throws InterruptedException {
        blocking.create("live", CreateOptions.of(Content.text("before")));
        CompletableFuture<Batch> waiting = streams.tail("live", From.now(), LONG);
        Batch atOnce = blocking.tail("live", From.beginning(), LONG);
        boolean early = waiting.isDone();
        AppendResult appended = blocking.append("live", Content.text("after"));

        assertThat(early).isFalse();
        assertThat(atOnce.text()).isEqualTo("before");
        assertThat(waiting.join().text()).isEqualTo("after");
        assertThat(waiting.join().nextOffset()).isEqualTo(appended.nextOffset());
    }

    @Test
    void aTailThatHasWaitedLongEnoughIsEmpty() throws InterruptedException {
        String tail = blocking.create("silent", CreateOptions.json()).stream().nextOffset();
        Batch nothing = blocking.tail("silent", From.now(), Duration.ofMillis(20));

        assertThat(nothing.isEmpty()).isTrue();
        assertThat(nothing.nextOffset()).isEqualTo(tail);
        assertThat(nothing.upToDate()).isTrue();
    }

    @Test
    void aTailEndsWhenItsStreamIsDeleted() throws InterruptedException {
        blocking.create("live", CreateOptions.text());
        CompletableFuture<Batch> waiting = streams.tail("live", From.now(), LONG);
        blocking.delete("live");

        refused(StreamException.NotFound.class, waiting);
    }

    /** A stream that somebody waits at does not expire; once the wait was cancelled, it does. */
    @Test
    void aTailThatIsCancelledWaitsNoMore() throws InterruptedException {
        blocking.create("ttl", CreateOptions.text().ttl(Duration.ofSeconds(1)));
        CompletableFuture<Batch> waiting = streams.tail("ttl", From.now(), LONG);
        waiting.cancel(false);

        await().untilAsserted(() -> refused(StreamException.NotFound.class, streams.metadata("ttl")));
    }

    @Test
    void anInterruptedThreadWaitsNoMore() throws InterruptedException {
        blocking.create("live", CreateOptions.text());
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                blocking.tail("live", From.now(), LONG);
            } catch (InterruptedException | RuntimeException e) {
                thrown.complete(e);
            }
        });
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        thread.interrupt();

        assertThat(thrown.join()).isInstanceOf(InterruptedException.class);
        thread.join();
        blocking.append("live", Content.text("nobody receives it"));
    }

    // ---- threads ----

    @Test
    void whatDependsOnAFutureDoesNotRunOnALoop() throws InterruptedException {
        blocking.create("a", CreateOptions.text());
        String thread = streams.tail("a", From.now(), Duration.ofMillis(50))
                .thenApply(batch -> Thread.currentThread().getName())
                .join();

        assertThat(thread).doesNotStartWith("streamkeeper-loop");
    }

    /** As many as a small machine has in its common pool, and some more. */
    @Test
    void listenersThatBlockHoldUpNobodyElse() throws Exception {
        blocking.create("a", CreateOptions.of(Content.text("x")));
        CountDownLatch blocked = new CountDownLatch(20);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            streams.listen("a", From.beginning(), batch -> {
                blocked.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        blocked.await();
        Batch read = streams.read("a", From.beginning()).get(30, TimeUnit.SECONDS);
        release.countDown();

        assertThat(read.text()).isEqualTo("x");
    }

    /** The only thread of the executor waits, and needs no other to be answered. */
    @Test
    void aBlockingCallNeedsNoThreadOfTheExecutor() throws Exception {
        streams.close();
        ExecutorService single = Executors.newSingleThreadExecutor();
        streams = DurableStreams.open(config(), single);
        String read = streams.create("a", CreateOptions.text())
                .thenApply(created -> {
                    try {
                        streams.blocking().append("a", Content.text("x"));
                        return streams.blocking().read("a", From.beginning()).text();
                    } catch (InterruptedException e) {
                        return e.toString();
                    }
                })
                .get(30, TimeUnit.SECONDS);

        assertThat(read).isEqualTo("x");
        streams.close();
        single.shutdown();
    }

    @Test
    void anExecutorThatTakesNothingMoreHoldsNobodyUp() throws Exception {
        streams.close();
        ExecutorService ended = Executors.newSingleThreadExecutor();
        ended.shutdown();
        streams = DurableStreams.open(config(), ended);

        streams.create("a", CreateOptions.text()).get(30, TimeUnit.SECONDS);
    }

    // ---- the end ----

    @Test
    void acknowledgedDataIsReadWhenTheStreamsAreOpenedAgain() throws InterruptedException, IOException {
        blocking.create("a", CreateOptions.text());
        for (int i = 0; i < 100; i++) {
            blocking.append("a", Content.text(i + ","), producer(0, i));
        }
        String before = blocking.read("a", From.beginning()).text();
        streams.close();
        open(config());

        assertThat(blocking.read("a", From.beginning()).text()).isEqualTo(before);
        assertThat(blocking.append("a", Content.text("99,"), producer(0, 99)).wrote())
                .isFalse();
    }

    @Test
    void closingEndsThoseWhoWait() throws InterruptedException {
        blocking.create("a", CreateOptions.text());
        CompletableFuture<Batch> waiting = streams.tail("a", From.now(), LONG);
        streams.close();

        assertThat(refused(StreamException.Unavailable.class, waiting).code()).isEqualTo("shutting_down");
        assertThat(refused(StreamException.Unavailable.class, streams.metadata("a"))
                        .code())
                .isEqualTo("shutting_down");
    }

    @Test
    void whatIsUnderWayWhenTheStreamsAreClosedIsAnswered() throws IOException, InterruptedException {
        blocking.create("a", CreateOptions.text());
        List<CompletableFuture<AppendResult>> appends = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            appends.add(streams.append("a", Content.text("x")));
        }
        streams.close();
        long acknowledged = appends.stream()
                .filter(append ->
                        append.handle((result, failure) -> failure == null).join())
                .count();
        open(config());

        assertThat(blocking.read("a", From.beginning()).bytes()).hasSize((int) acknowledged);
        assertThat(acknowledged).isEqualTo(2_000);
    }

    @Test
    void aDirectoryIsOpenedOnce() {
        assertThatThrownBy(() -> DurableStreams.open(config()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
    }

    // ---- over HTTP too ----

    @Test
    void aServerServesStreamsThatAreOpenAndLeavesThemOpen() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        blocking.create("both", CreateOptions.of(Content.text("in process")));
        DurableStreamsServer server = DurableStreamsServer.start(streams);
        URI uri = URI.create(server.url() + "both");
        CompletableFuture<Batch> waiting = streams.tail("both", From.now(), LONG);
        HttpResponse<String> read = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        HttpResponse<String> appended = client.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(" and over HTTP"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(read.body()).isEqualTo("in process");
        assertThat(appended.statusCode()).isEqualTo(204);
        assertThat(waiting.join().text()).isEqualTo(" and over HTTP");
        CompletableFuture<Batch> stillWaiting = streams.tail("both", From.now(), LONG);
        CompletableFuture<HttpResponse<String>> poll = client.sendAsync(
                HttpRequest.newBuilder(URI.create(uri + "?offset=now&live=long-poll"))
                        .build(),
                BodyHandlers.ofString());
        server.stop();
        assertThat(poll.handle((response, failure) -> failure == null ? response.statusCode() : 0)
                        .join())
                .isIn(204, 0);
        assertThat(stillWaiting).isNotDone();
        blocking.append("both", Content.text("!"));
        assertThat(stillWaiting.join().text()).isEqualTo("!");
        server.stop();
    }

    @Test
    void closingTheStreamsStopsTheServersOnThem() throws IOException {
        DurableStreamsServer server = DurableStreamsServer.start(streams);
        streams.close();

        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(URI.create(server.url())).build(), BodyHandlers.discarding()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DurableStreamsServer.start(streams))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
