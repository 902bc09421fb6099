package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.subscription.LinkRange;
import io.streamkeeper.server.subscription.SubscriptionJson;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;

/**
 * Answers with subscriptions and their links. The heap of many links is reserved before they are collected, until the
 * client has received them (I7). Used by all loops.
 */
final class ViewAnswers {
    /** The heap of a link while it is looked at and until it is written, estimated. */
    static final long LINK_BYTES = 320;

    private static final String JSON = "application/json";

    private final Subscriptions subscriptions;
    private final ViewJson members;
    private final Budget heap;

    ViewAnswers(Subscriptions subscriptions, ViewJson members, Budget heap) {
        this.subscriptions = subscriptions;
        this.members = members;
        this.heap = heap;
    }

    /** Answers with a subscription that exists, and those of its links that are in {@code range}. */
    void answer(int status, String id, LinkRange range, Answering answering) {
        subscriptions.get(id, range.first(), new Reply<>(answering) {
            @Override
            void answer(SubscriptionView first) {
                ViewAnswers.this.answer(status, first, range, answering);
            }
        });
    }

    /** The same; {@code first} has the first links of the range. */
    void answer(int status, SubscriptionView first, LinkRange range, Answering answering) {
        if (first.nextLinks() == null || range.equals(range.first())) {
            answering.accept(whole(status, first));
            return;
        }
        long bytes = LINK_BYTES * Math.min(first.linkCount(), range.limit());
        Reservation reservation = heap.reserve(bytes);
        if (reservation == null) {
            answering.refuse(Refusal.of(
                    ErrorCode.OVERLOADED,
                    "the links of subscription " + Quoted.of(first.id()) + " take " + bytes + " bytes of heap, and "
                            + heap.usedBytes() + " of " + heap.bytesMax()
                            + " are used; ask for pages with limit, or try again later"));
            return;
        }
        subscriptions.get(first.id(), range, new Reply<>(answering) {
            @Override
            void answer(SubscriptionView view) {
                answering.accept(Answer.pieces(status, JSON, new ViewBody(view, members, reservation)));
            }

            @Override
            void refused() {
                reservation.close();
            }
        });
    }

    private Answer whole(int status, SubscriptionView view) {
        return Answer.bytes(status, JSON, SubscriptionJson.object(json -> {
            members.write(json, view);
            ViewJson.writeLinks(json, view);
        }));
    }
}
