package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.PathOrder;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Describes a subscription with its links, at their present tails, in pieces of work, so that others are not delayed
 * however many links there are. Owned by the loop of the subscription.
 */
final class LinkViews {
    /** Links that one piece of work describes. */
    static final int PIECE_LINKS = 100;

    private final OwnedSubscription subscription;
    private final Callback<SubscriptionView> then;
    private final List<StreamLink> described = new ArrayList<>();

    private LinkViews(OwnedSubscription subscription, Callback<SubscriptionView> then) {
        this.subscription = subscription;
        this.then = then;
    }

    /** Describes a subscription with some of its links. */
    static void view(OwnedSubscription subscription, LinkRange range, Callback<SubscriptionView> then) {
        new LinkViews(subscription, then).describe(range);
    }

    private void describe(LinkRange range) {
        int most = Math.min(range.limit(), PIECE_LINKS);
        List<Link> in = subscription.links().sorted(new LinkRange(range.after(), most, range.onlyPending()));
        boolean hasMore = in.size() > most;
        List<Link> some = hasMore ? in.subList(0, most) : in;
        String last = hasMore ? some.get(most - 1).path() : null;
        look(some, () -> {
            if (hasMore && range.limit() > most) {
                describe(new LinkRange(last, range.limit() - most, range.onlyPending()));
            } else {
                then.complete(subscription.summary().withLinks(described, last));
                subscription.next();
            }
        });
    }

    private void look(List<Link> some, Runnable next) {
        List<Look> looks = some.stream()
                .filter(link -> subscription.mayRead(link.path()))
                .map(link -> Look.at(link.path(), subscription.state().cursor(link.path()), null, false))
                .toList();
        List<Look.Seen> seen = new ArrayList<>(looks.size());
        subscription
                .services()
                .watches()
                .look(
                        subscription.subscriber(),
                        looks,
                        answers -> {
                            answers.forEach(subscription.links()::answered);
                            seen.addAll(answers);
                        },
                        () -> later(() -> {
                            seen.sort(Comparator.comparing(each -> each.look().path(), PathOrder::compare));
                            seen.forEach(this::add);
                            next.run();
                        }));
    }

    /** Runs a step as a piece of work of the loop, so that the loop polls its sockets between the steps. */
    private void later(Runnable step) {
        subscription.home().shard().runLater(() -> subscription.mailbox().run(step));
    }

    private void add(Look.Seen seen) {
        String path = seen.look().path();
        boolean isExplicit = subscription.state().explicit().contains(path);
        described.add(new StreamLink(path, isExplicit, seen.acked(), seen.end()));
    }
}
