package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.MalformedRequest;
import io.streamkeeper.server.http.request.RefusedRequest;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection with a {@link RequestDecoder} and nothing else: bytes go in, what is decoded is described as text. All
 * of its memory comes from one allocator, which has to have all of it back when the connection is closed.
 */
public final class DecodingConnection implements AutoCloseable {
    /** The limits of a server with the defaults and much memory. */
    static final HttpLimits LIMITS = ServerConfig.builder()
            .http(http -> http.bodyBytesMax(64 << 20))
            .build()
            .http();

    private static final long LOOP_MILLIS = 100;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final MockTicker ticker = Ticker.newMockTicker();
    private final MemoryLedger memory;
    private final boolean ownsMemory;
    private final RequestDecoder decoder;
    private final EmbeddedChannel channel;
    private int mayBegin = Integer.MAX_VALUE;

    public DecodingConnection() {
        this(LIMITS);
    }

    public DecodingConnection(HttpLimits limits) {
        this(limits, new MemoryLedger(MemoryPlan.ofFiles(1L << 30, 1L << 30, 1L << 30)), true);
    }

    /** What is decided about requests before their bodies, and what follows a decision that was made later. */
    private BodyCheck.Verdict verdict = BodyCheck.Verdict.ARRIVES;

    private @Nullable Runnable decided;

    /** Refuses further requests before their bodies; accepts them if {@code refusal} is null. */
    public void refuseBodies(@Nullable LimitRefusal refusal) {
        verdict = BodyCheck.Verdict.of(refusal);
    }

    /** Decides so about further requests before their bodies. */
    void check(BodyCheck.Verdict newVerdict) {
        verdict = newVerdict;
    }

    /** Decides so about the request that waits for it, as well. */
    void decide(BodyCheck.Verdict newVerdict) {
        verdict = newVerdict;
        Runnable waiting = decided;
        decided = null;
        waiting.run();
    }

    /**
     * A connection that shares {@code memory} with others, unless it owns it: then all has to be given back at its end.
     */
    public DecodingConnection(HttpLimits limits, MemoryLedger memory, boolean ownsMemory) {
        this.memory = memory;
        this.ownsMemory = ownsMemory;
        decoder = new RequestDecoder(
                limits,
                new BodyRoom(memory, limits.bodyBytesMax()),
                new HeadRoom(memory.heads()),
                memory.received(),
                () -> mayBegin-- > 0,
                (head, then) -> {
                    decided = then;
                    return verdict;
                });
        channel = EmbeddedChannel.builder()
                .register(false)
                .ticker(ticker)
                .handlers(decoder)
                .build();
        channel.config().setAllocator(allocator);
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What the decoder makes of {@code text} when it comes in pieces of {@code size} bytes. */
    static List<String> decoded(HttpLimits limits, String text, int size) {
        try (DecodingConnection connection = new DecodingConnection(limits)) {
            connection.sendPieces(text, size);
            return connection.events();
        }
    }

    /** What the decoder makes of {@code text} when it comes at once. */
    static List<String> decoded(String text) {
        return decoded(LIMITS, text, Integer.MAX_VALUE);
    }

    EmbeddedChannel channel() {
        return channel;
    }

    RequestDecoder decoder() {
        return decoder;
    }

    MemoryLedger memory() {
        return memory;
    }

    public UnpooledByteBufAllocator allocator() {
        return allocator;
    }

    /** Lets the decoder begin that many requests more. */
    void allow(int requests) {
        mayBegin = requests;
    }

    public void send(String text) {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) {
        ByteBuf buffer = allocator.buffer(bytes.length);
        channel.writeInbound(buffer.writeBytes(bytes));
    }

    void sendPieces(String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i += Math.min(size, bytes.length - i)) {
            send(Arrays.copyOfRange(bytes, i, i + Math.min(size, bytes.length - i)));
        }
    }

    /** Time passes, and the loop runs all the while. */
    void passMillis(long millis) {
        for (long left = millis; left > 0; left -= LOOP_MILLIS) {
            standStillMillis(Math.min(left, LOOP_MILLIS));
        }
    }

    /** Time passes, and the loop runs at its end only. */
    void standStillMillis(long millis) {
        ticker.advanceMillis(millis);
        channel.runScheduledPendingTasks();
    }

    /** The next thing decoded, which must be a request; the caller releases it. */
    public HttpRequest request() {
        return channel.readInbound();
    }

    /** The next thing decoded, which must be a refusal. */
    Refusal refusal() {
        MalformedRequest malformed = channel.readInbound();
        return malformed.refusal();
    }

    /** All that was decoded since the last call, released. */
    List<String> events() {
        List<String> events = new ArrayList<>();
        for (Object event = channel.readInbound(); event != null; event = channel.readInbound()) {
            events.add(describe(event));
        }
        return events;
    }

    private static String describe(Object event) {
        if (event instanceof HttpRequest request) {
            String description = describe(request);
            request.release();
            return description;
        }
        if (event instanceof RefusedRequest refused) {
            BodyCheck.Verdict verdict = refused.verdict();
            Refusal refusal = verdict.limited() == null
                    ? verdict.refusal()
                    : verdict.limited().refusal();
            return "refused " + refusal.code() + (refused.closes() ? " and closes" : "");
        }
        return event instanceof MalformedRequest malformed
                ? malformed.refusal().code().status() + " "
                        + malformed.refusal().message()
                : event.toString();
    }

    private static String describe(HttpRequest request) {
        String headers = Arrays.stream(HeaderName.values())
                .filter(request::has)
                .map(name -> name.text() + "=" + request.header(name))
                .collect(Collectors.joining(";"));
        return String.join(
                "|",
                request.methodText(),
                request.method().toString(),
                request.path(),
                String.valueOf(request.query()),
                headers,
                request.keepAlive() ? "keep" : "close",
                request.body().toString(StandardCharsets.ISO_8859_1));
    }

    public static void assertNothingIsReserved(MemoryLedger memory) {
        assertThat(memory.budgets())
                .as("bytes still reserved")
                .allSatisfy(budget ->
                        assertThat(budget.usedBytes()).as(budget.name()).isZero());
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        events();
        assertThat(allocator.metric().usedHeapMemory()).as("bytes not released").isZero();
        if (ownsMemory) {
            assertNothingIsReserved(memory);
        }
    }
}
