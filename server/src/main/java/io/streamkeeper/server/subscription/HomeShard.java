package io.streamkeeper.server.subscription;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.shard.Shard;

/** What the subscriptions of one shard share. Owned by the loop of the shard. */
final class HomeShard {
    private final Shard shard;
    private final SubscriptionServices services;
    private final JsonSplitter ofLogs = new JsonSplitter();
    private final JsonSplitter ofMessages;

    HomeShard(Shard shard, SubscriptionServices services) {
        this.shard = shard;
        this.services = services;
        this.ofMessages = services.splitters().get();
    }

    Shard shard() {
        return shard;
    }

    SubscriptionServices services() {
        return services;
    }

    /** The body of an append to a log. */
    Body logBody(byte[] messages) {
        return services.json().split(ofLogs, Unpooled.wrappedBuffer(messages)).toAppend();
    }

    /** The body of an append to a stream of clients. */
    Body messageBody(byte[] messages) {
        return services.json()
                .split(ofMessages, Unpooled.wrappedBuffer(messages))
                .toAppend();
    }
}
