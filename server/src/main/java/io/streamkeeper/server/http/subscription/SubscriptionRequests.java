package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.subscription.ClaimResult;
import io.streamkeeper.server.subscription.LinkRange;
import io.streamkeeper.server.subscription.OwnerRights;
import io.streamkeeper.server.subscription.SubscriptionJson;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionPaths;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionSpec.Kind;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.server.subscription.WakeTokens;
import io.streamkeeper.storage.memory.Budget;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Answers the requests about subscriptions (sections 6 and 7): each method is the handler of a path. Called on the loop of
 * the connection; answers come from any thread.
 */
final class SubscriptionRequests {
    private static final String JSON = "application/json";
    private static final String BEARER = "bearer ";

    private final Subscriptions subscriptions;
    private final WakeTokens tokens;
    private final SubscriptionTarget target;
    private final SubscriptionGate gate;
    private final KeyAnswers keys;
    private final BodyReading bodies;
    private final SpecParser specs;
    private final ViewJson views;
    private final ViewAnswers described;

    SubscriptionRequests(
            SubscriptionParts parts,
            SubscriptionTarget target,
            SubscriptionGate gate,
            KeyAnswers keys,
            BodyReading bodies,
            Budget heap) {
        this.subscriptions = parts.subscriptions();
        this.tokens = parts.tokens();
        this.target = target;
        this.gate = gate;
        this.keys = keys;
        this.bodies = bodies;
        this.specs = new SpecParser(parts.webhookUrl());
        this.views = new ViewJson(parts.keys(), parts.base());
        this.described = new ViewAnswers(parts.subscriptions(), views, heap);
    }

    /** Reads a body; there are keys when {@code then} is called. */
    private void read(HttpRequest request, Answering answering, BiConsumer<JsonObject, Answering> then) {
        bodies.read(
                request, answering, (body, answers) -> keys.ready(answers::refuse, () -> then.accept(body, answers)));
    }

    // ---- subscriptions ----

    /** {@code PUT} of a subscription: creates or confirms it (section 6.2). */
    void put(HttpRequest request, Answering answering) {
        String id = target.id(request);
        read(request, answering, (body, answers) -> {
            SubscriptionSpec spec = specs.parse(body);
            gate.checkReads(answers.principal(), spec.streams());
            if (spec.wakeStream() != null) {
                gate.check(answers.principal(), Action.APPEND, spec.wakeStream());
            }
            subscriptions.put(id, spec, OwnerRights.owner(answers.principal()), new Reply<>(answers) {
                @Override
                void answer(Subscriptions.Put put) {
                    described.answer(put.isNew() ? 201 : 200, put.subscription(), LinkRange.ALL, answers);
                }
            });
        });
    }

    /** {@code GET} of a subscription (section 6.3). */
    void get(HttpRequest request, Answering answering) {
        String id = target.id(request);
        LinkRange links = ListQuery.of(request).links();
        keys.ready(answering::refuse, () -> described.answer(200, id, links, answering));
    }

    /** {@code DELETE} of a subscription (section 6.3). */
    void delete(HttpRequest request, Answering answering) {
        subscriptions.delete(target.id(request), answer(answering, existed -> noContent()));
    }

    /** {@code GET} of the subscriptions that the client may manage. */
    void list(HttpRequest request, Answering answering) {
        ListQuery query = ListQuery.of(request);
        subscriptions.list(query.prefix(), query.after(), query.limit(), answer(answering, page -> {
            List<SubscriptionView> allowed = page.subscriptions().stream()
                    .filter(view ->
                            gate.allows(answering.principal(), Action.SUBSCRIBE, SubscriptionPaths.logOf(view.id())))
                    .toList();
            return json(SubscriptionJson.object(json -> {
                json.writeArrayFieldStart("subscriptions");
                for (SubscriptionView view : allowed) {
                    json.writeStartObject();
                    views.write(json, view);
                    json.writeEndObject();
                }
                json.writeEndArray();
                if (page.next() != null) {
                    json.writeStringField("next", page.next());
                }
            }));
        }));
    }

    // ---- links ----

    /** {@code POST} of streams that are linked by name (section 6.4). */
    void addStreams(HttpRequest request, Answering answering) {
        String id = target.id(request);
        read(request, answering, (body, answers) -> {
            List<StreamPath> streams = SpecParser.someStreams(body);
            gate.checkReads(answers.principal(), streams);
            subscriptions.addStreams(id, streams, answer(answers, linked -> noContent()));
        });
    }

    /** {@code DELETE} of the link of a stream (section 6.4). */
    void removeStream(HttpRequest request, Answering answering) {
        subscriptions.removeStream(
                target.id(request), target.stream(request), answer(answering, removed -> noContent()));
    }

    /** {@code POST} of the place of a cursor. */
    void seek(HttpRequest request, Answering answering) {
        String id = target.id(request);
        read(request, answering, (body, answers) -> {
            StreamPath stream = SpecParser.stream(body);
            ReadStart place = AckParser.place(body);
            subscriptions.seek(id, stream, place, answer(answers, moved -> noContent()));
        });
    }

    // ---- wakes ----

    /** {@code POST} by which a worker takes the work of a subscription (section 7.2). */
    void claim(HttpRequest request, Answering answering) {
        String id = target.id(request);
        read(
                request,
                answering,
                (body, answers) -> subscriptions.claim(id, SpecParser.worker(body), new Reply<>(answers) {
                    @Override
                    void answer(ClaimResult result) {
                        if (result instanceof ClaimResult.Claimed claimed) {
                            answers.accept(json(SubscriptionJson.claimed(claimed.wake())));
                        } else if (result instanceof ClaimResult.Held held) {
                            answers.refuse(held.refusal());
                        }
                    }
                }));
    }

    /** {@code POST} of a callback of a webhook (section 7.1). */
    void callback(HttpRequest request, Answering answering) {
        acknowledge(request, answering, Kind.WEBHOOK);
    }

    /** {@code POST} of an acknowledgement of a worker (section 7.2). */
    void ack(HttpRequest request, Answering answering) {
        acknowledge(request, answering, Kind.PULL_WAKE);
    }

    private void acknowledge(HttpRequest request, Answering answering, Kind kind) {
        String id = target.id(request);
        String token = token(request, id);
        read(
                request,
                answering,
                (body, answers) -> subscriptions.ack(
                        id, kind, AckParser.parse(body, token), answer(answers, SubscriptionRequests::acknowledged)));
    }

    private static Answer acknowledged(boolean wakesAgain) {
        return json(SubscriptionJson.object(json -> {
            json.writeBooleanField("ok", true);
            json.writeBooleanField("next_wake", wakesAgain);
        }));
    }

    /** {@code POST} by which a worker gives its lease back (section 7.2). */
    void release(HttpRequest request, Answering answering) {
        String id = target.id(request);
        String token = token(request, id);
        read(
                request,
                answering,
                (body, answers) -> subscriptions.release(
                        id,
                        token,
                        AckParser.wakeId(body),
                        AckParser.generation(body),
                        answer(answers, released -> noContent())));
    }

    /**
     * The token of a wake, which is the only credential of such a request: without one for this subscription, its body is
     * not read.
     */
    private String token(HttpRequest request, String id) {
        String authorization = request.header(HeaderName.AUTHORIZATION);
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw new RefusedException(
                    ErrorCode.WAKE_TOKEN_INVALID,
                    "the request has no token of a wake; expected Authorization: Bearer and the token of the wake");
        }
        String token = authorization.substring(BEARER.length()).strip();
        WakeTokens.Claims claims = tokens.verify(token);
        if (claims == null || !claims.subscription().equals(id)) {
            throw new RefusedException(
                    ErrorCode.WAKE_TOKEN_INVALID, "the token is not one of a wake of subscription " + Quoted.of(id));
        }
        return token;
    }

    // ---- answers ----

    private static <T> Reply<T> answer(Answering answering, Function<T, Answer> answer) {
        return new Reply<>(answering) {
            @Override
            void answer(T value) {
                answering.accept(answer.apply(value));
            }
        };
    }

    private static Answer json(byte[] body) {
        return Answer.bytes(200, JSON, body);
    }

    private static Answer noContent() {
        return new Answer(204, List.of(new Answer.Field("Cache-Control", "no-store")), null, null);
    }
}
