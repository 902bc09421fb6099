package io.streamkeeper.server.subscription;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Deliveries that the test answers. Safe for use by any thread. */
final class ScriptedDeliveries implements Deliveries {
    /** One request to a webhook. */
    static final class Sent {
        private final EventLoop loop;
        private final String url;
        private final Wake wake;
        private final long timeoutMillis;
        private final Consumer<Result> result;
        private volatile boolean isCancelled;
        private volatile boolean isAnswered;

        Sent(EventLoop loop, String url, Wake wake, long timeoutMillis, Consumer<Result> result) {
            this.loop = loop;
            this.url = url;
            this.wake = wake;
            this.timeoutMillis = timeoutMillis;
            this.result = result;
        }

        Wake wake() {
            return wake;
        }

        String url() {
            return url;
        }

        long timeoutMillis() {
            return timeoutMillis;
        }

        boolean isOpen() {
            return !isCancelled && !isAnswered;
        }

        boolean isCancelled() {
            return isCancelled;
        }

        void answer(Result answer) {
            isAnswered = true;
            loop.execute(() -> {
                if (!isCancelled) {
                    result.accept(answer);
                }
            });
        }

        void done() {
            answer(new Result.Accepted(true));
        }

        void fail() {
            answer(new Result.Failed("status 500", 0));
        }
    }

    private final List<Sent> sent = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private int most = Integer.MAX_VALUE;
    private boolean isBroken;

    /** The wakes whose bodies were written, as the bodies are only numbers here. */
    private final List<Wake> written = new ArrayList<>();

    synchronized byte[] body(Wake wake) {
        if (isBroken) {
            throw new IllegalStateException("the test's fault");
        }
        written.add(wake);
        return Integer.toString(written.size() - 1).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Override
    public synchronized @Nullable Attempt send(
            EventLoop loop, String url, byte[] body, long timeoutMillis, Consumer<Result> result, Runnable room) {
        if (sent.stream().filter(Sent::isOpen).count() >= most) {
            waiting.add(() -> loop.execute(room));
            return null;
        }
        Wake wake = written.get(Integer.parseInt(new String(body, java.nio.charset.StandardCharsets.US_ASCII)));
        Sent request = new Sent(loop, url, wake, timeoutMillis, result);
        sent.add(request);
        return () -> request.isCancelled = true;
    }

    synchronized List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** Whether each request fails with an exception before it is sent. */
    synchronized void broken(boolean nowBroken) {
        isBroken = nowBroken;
    }

    /** Limits the requests at the same time, or allows those that wait. */
    synchronized void most(int newMost) {
        most = newMost;
        waiting.forEach(Runnable::run);
        waiting.clear();
    }
}
