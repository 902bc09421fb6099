package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.storage.shard.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a request with the result of a call; refuses it if the answer cannot be made (I12). */
abstract class Reply<T> implements Callback<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    private final Answering answering;

    Reply(Answering answering) {
        this.answering = answering;
    }

    /** Gives the answer. */
    abstract void answer(T value);

    /** There is no answer but a refusal: releases what was kept for the answer. */
    void refused() {}

    @Override
    public final void complete(T value) {
        try {
            answer(value);
        } catch (RuntimeException | Error e) {
            LOG.error("an answer about a subscription cannot be made", e);
            refused();
            answering.refuse(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
        }
    }

    @Override
    public final void refuse(Refusal refusal) {
        refused();
        answering.refuse(refusal);
    }
}
