package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A name that is to be resolved, with all that ask for it. Owned by one loop. */
final class NameLookup {
    /** What it takes part in. */
    enum Lane {
        /** It waits for a thread. */
        NONE,
        /** A thread resolves it, and has not done so for long. */
        QUICK,
        /** A thread resolves it that is one of those for slow names. */
        SLOW
    }

    private record Asking(EventLoop loop, BiConsumer<List<InetAddress>, @Nullable Throwable> then) {}

    private final String name;
    private final List<Asking> asking = new ArrayList<>(1);
    private Lane lane = Lane.NONE;

    NameLookup(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    Lane lane() {
        return lane;
    }

    void lane(Lane newLane) {
        lane = newLane;
    }

    /** Calls {@code then} on {@code loop}, in a later turn, when the name is resolved. */
    void add(EventLoop loop, BiConsumer<List<InetAddress>, @Nullable Throwable> then) {
        asking.add(new Asking(loop, then));
    }

    /** Passes the addresses, or the failure, to all that ask. */
    void answer(List<InetAddress> addresses, @Nullable Throwable failure) {
        asking.forEach(each -> each.loop().execute(() -> each.then().accept(addresses, failure)));
    }
}
