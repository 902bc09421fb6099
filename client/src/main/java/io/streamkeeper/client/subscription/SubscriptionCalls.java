package io.streamkeeper.client.subscription;

import io.streamkeeper.client.api.StreamException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests about subscriptions as blocking methods, for the streams of a server or of this process (sections 6 and 7).
 * A change is durable when its call returns. Safe for use by any thread, including virtual ones.
 *
 * <p>Each call throws {@link StreamException.NotFound} if the subscription does not exist, {@link
 * StreamException.Invalid} if the id or an argument is not valid or not allowed, {@link StreamException.Unavailable} if the
 * streams are not available now, and {@link InterruptedException} if the thread is interrupted while it waits: then the
 * request may take effect nevertheless. An id has 1 to 256 characters and no slash.
 */
public interface SubscriptionCalls {
    /**
     * Creates a subscription, or confirms one that exists with the same options (section 6.2). It begins at the present ends
     * of the streams.
     *
     * @param id its name
     * @param options how it is created
     * @return the subscription, and whether it existed
     * @throws StreamException.Exists if it exists with other options
     * @throws InterruptedException if the thread is interrupted
     */
    SubscriptionResult create(String id, SubscriptionOptions options) throws InterruptedException;

    /**
     * Describes a subscription (section 6.3).
     *
     * @param id its name
     * @return what it is now, with its streams
     * @throws InterruptedException if the thread is interrupted
     */
    Subscription get(String id) throws InterruptedException;

    /**
     * Lists subscriptions in the order of their ids, one page at a time. An extension of the protocol.
     *
     * @param after the id after which the page begins, such as {@link SubscriptionPage#next}; null for the first page
     * @param limit the most subscriptions of the page, 1 to 1,000
     * @return the page
     * @throws InterruptedException if the thread is interrupted
     */
    SubscriptionPage list(@Nullable String after, int limit) throws InterruptedException;

    /**
     * Deletes a subscription, with its cursors (section 6.3). Has no effect if it does not exist.
     *
     * @param id its name
     * @throws InterruptedException if the thread is interrupted
     */
    void delete(String id) throws InterruptedException;

    /**
     * Follows streams by name, from their present ends (section 6.4). Has no effect on those that are followed by name.
     *
     * @param id the subscription
     * @param paths of the streams, without percent-encoding; they need not exist yet
     * @throws InterruptedException if the thread is interrupted
     */
    void addStreams(String id, List<String> paths) throws InterruptedException;

    /**
     * Does not follow a stream by name any more (section 6.4). It is still followed if the pattern matches it.
     *
     * @param id the subscription
     * @param path of the stream, without percent-encoding
     * @throws InterruptedException if the thread is interrupted
     */
    void removeStream(String id, String path) throws InterruptedException;

    /**
     * Moves the cursor of a stream to any place of it, so that work is done again or skipped. The present wake is fenced. An
     * extension of the protocol.
     *
     * @param id the subscription
     * @param path of the stream, without percent-encoding
     * @param offset from which the stream is processed; {@code -1} for its beginning, {@code now} for its end
     * @throws InterruptedException if the thread is interrupted
     */
    void seek(String id, String path, String offset) throws InterruptedException;

    /**
     * Takes the work of a pull-wake subscription (section 7.2).
     *
     * @param id the subscription
     * @param worker the name of the worker, for other workers and for people
     * @return the work, which the worker has for {@link Claim#lease}
     * @throws StreamException.AlreadyClaimed if another worker has it
     * @throws StreamException.NoPendingWork if there is none
     * @throws InterruptedException if the thread is interrupted
     */
    Claim claim(String id, String worker) throws InterruptedException;

    /**
     * Acknowledges that streams are processed up to offsets, and begins the time of the lease again (section 7.2). Without an
     * offset it does only the latter.
     *
     * @param claim the work
     * @param offsets the offset up to which each stream is processed; all are acknowledged, or none
     * @throws StreamException.Fenced if the worker does not have the work any more; nothing is acknowledged
     * @throws InterruptedException if the thread is interrupted
     */
    void ack(Claim claim, Map<String, String> offsets) throws InterruptedException;

    /**
     * Acknowledges that streams are processed up to offsets, and ends the lease (section 7.2).
     *
     * @param claim the work
     * @param offsets the offset up to which each stream is processed; all are acknowledged, or none
     * @return whether there is more work, so that another wake follows
     * @throws StreamException.Fenced if the worker does not have the work any more; nothing is acknowledged
     * @throws InterruptedException if the thread is interrupted
     */
    boolean done(Claim claim, Map<String, String> offsets) throws InterruptedException;

    /**
     * Gives the work back without an acknowledgement (section 7.2). Another wake follows.
     *
     * @param claim the work
     * @throws StreamException.Fenced if the worker does not have the work any more
     * @throws InterruptedException if the thread is interrupted
     */
    void release(Claim claim) throws InterruptedException;
}
