package io.streamkeeper.server.http.subscription;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.parse.Conditions;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies: a short one at once, a long one by a thread that may block, so that no loop is delayed. Heap for it is
 * reserved before, until the request is answered (I7). Safe for use by any thread.
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

    /**
     * Receives the answer to a request, and returns the heap of its body.
     *
     * @param to receives it too
     */
    private record Held(Answering to, Reservation heap) implements Answering {
        @Override
        public void accept(Answer answer) {
            try (heap) {
                to.accept(answer);
            }
        }

        @Override
        public void refuse(Refusal refusal) {
            try (heap) {
                to.refuse(refusal);
            }
        }

        @Override
        public @Nullable Principal principal() {
            return to.principal();
        }
    }

    /** Long bodies are read by {@code workers}; the heap is reserved in {@code budget}. */
    BodyReading(Executor workers, Budget budget) {
        this.workers = workers;
        this.budget = budget;
    }

    /**
     * Reads the body of a request, and calls {@code then}, which answers by what it receives, or refuses by a {@link
     * RefusedException}.
     *
     * @throws RefusedException if it is not read
     */
    void read(HttpRequest request, Answering answering, BiConsumer<JsonObject, Answering> then) {
        Conditions.checkPlain(request);
        ByteBuf body = request.body();
        Held held = new Held(answering, reserve(body.readableBytes()));
        byte[] bytes = ByteBufUtil.getBytes(body);
        if (bytes.length <= SHORT_BYTES_MAX) {
            read(bytes, held, then);
            return;
        }
        try {
            workers.execute(() -> read(bytes, held, then));
        } catch (RejectedExecutionException e) {
            held.refuse(Refusal.of(ErrorCode.SHUTTING_DOWN, "the server is stopping"));
        }
    }

    /** The most heap that a body needs. */
    private Reservation reserve(int bodyBytes) {
        long bytes = (long) bodyBytes * HEAP_PER_BYTE + (long) bodyBytes / TEXT_BYTES_MIN * HEAP_PER_TEXT;
        if (bytes > budget.bytesMax()) {
            throw new RefusedException(
                    ErrorCode.BODY_TOO_LARGE,
                    "the body has " + bodyBytes + " bytes, and the server has too little heap to read it; expected"
                            + " a shorter one");
        }
        Reservation heap = budget.reserve(bytes);
        if (heap == null) {
            throw new RefusedException(
                    ErrorCode.OVERLOADED, "there is no memory to read a request about a subscription; try again later");
        }
        return heap;
    }

    private static void read(byte[] bytes, Held held, BiConsumer<JsonObject, Answering> then) {
        Attempt.run(held::refuse, () -> then.accept(JsonObject.parse(bytes), held));
    }
}
