package io.streamkeeper.server.http.subscription;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.parse.Conditions;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Reads bodies: a short one at once, a long one by a thread that may block, so that no loop is delayed. Heap for it is
 * reserved before (I7). Safe for use by any thread.
 */
final class BodyReading {
    /** Bytes of a body that takes a loop some tens of microseconds. */
    static final int SHORT_BYTES_MAX = 4 << 10;

    /** Heap of a text of a list, without its characters. */
    private static final int HEAP_PER_TEXT = 192;

    /** Bytes of the shortest text of a list, <code>"a",</code>. */
    private static final int TEXT_BYTES_MIN = 4;

    /** Heap for each byte: the copy, the text of the body, and the texts in it. */
    private static final int HEAP_PER_BYTE = 4;

    private final Executor workers;
    private final Budget budget;

    /** Long bodies are read by {@code workers}; the heap is reserved in {@code budget}. */
    BodyReading(Executor workers, Budget budget) {
        this.workers = workers;
        this.budget = budget;
    }

    /**
     * Reads the body of a request, and calls {@code then}, which may refuse by a {@link RefusedException}.
     *
     * @throws RefusedException if it is not read
     */
    void read(HttpRequest request, Answering answering, Consumer<JsonObject> then) {
        Conditions.checkPlain(request);
        ByteBuf body = request.body();
        Reservation heap = budget.reserve(heapBytes(body.readableBytes()));
        if (heap == null) {
            throw new RefusedException(
                    ErrorCode.OVERLOADED, "there is no memory to read a request about a subscription; try again later");
        }
        byte[] bytes = ByteBufUtil.getBytes(body);
        if (bytes.length <= SHORT_BYTES_MAX) {
            read(bytes, heap, answering, then);
            return;
        }
        try {
            workers.execute(() -> read(bytes, heap, answering, then));
        } catch (RejectedExecutionException e) {
            heap.close();
            throw new RefusedException(ErrorCode.SHUTTING_DOWN, "the server is stopping");
        }
    }

    /** The most heap that reading a body needs. */
    private static long heapBytes(int bodyBytes) {
        return (long) bodyBytes * HEAP_PER_BYTE + (long) bodyBytes / TEXT_BYTES_MIN * HEAP_PER_TEXT;
    }

    private static void read(byte[] bytes, Reservation heap, Answering answering, Consumer<JsonObject> then) {
        try (heap) {
            Attempt.run(answering, () -> then.accept(JsonObject.parse(bytes)));
        }
    }
}
