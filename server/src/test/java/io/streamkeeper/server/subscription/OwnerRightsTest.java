package io.streamkeeper.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Grant;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

class OwnerRightsTest {
    private static final StreamPath A = new StreamPath("a");

    private final OwnerRights rights = new OwnerRights();

    /** A policy by the name of the principal and the action. */
    private static SecurityPolicy policy(BiPredicate<Principal, Action> allows) {
        return new SecurityPolicy() {
            @Override
            public CompletableFuture<Authentication> authenticate(Credentials credentials) {
                throw new AssertionError("owners are not authenticated");
            }

            @Override
            public boolean allows(Principal principal, Action action, StreamPath path) {
                return allows.test(principal, action);
            }
        };
    }

    private static SubscriptionOwner alice() {
        return OwnerRights.owner(Principal.named("alice"));
    }

    @Test
    void nothingIsAllowedWithoutAServer() {
        assertThat(rights.mayRead(alice(), A)).isFalse();

        Runnable end = rights.add(null);
        assertThat(rights.mayRead(alice(), A)).isTrue();
        assertThat(rights.mayAppend(alice(), A)).isTrue();

        end.run();
        assertThat(rights.mayRead(alice(), A)).isFalse();
    }

    @Test
    void thePolicyDecidesByTheNameAtThatTime() {
        Set<String> readers = new java.util.HashSet<>(Set.of("alice"));
        rights.add(policy((principal, action) ->
                principal.hasName() && action == Action.READ && readers.contains(principal.name())));

        assertThat(rights.mayRead(alice(), A)).isTrue();
        assertThat(rights.mayAppend(alice(), A)).isFalse();
        assertThat(rights.mayRead(OwnerRights.owner(Principal.named("bob")), A)).isFalse();
        assertThat(rights.mayRead(OwnerRights.owner(null), A)).isFalse();

        readers.clear();
        assertThat(rights.mayRead(alice(), A)).isFalse();
    }

    @Test
    @LogsFaults("the security policy has failed for the owner of a subscription")
    void aPolicyThatFailsAllowsNothing() {
        rights.add(policy((principal, action) -> {
            throw new IllegalStateException("on purpose");
        }));

        assertThat(rights.mayRead(alice(), A)).isFalse();
    }

    @Test
    void grantsOfCredentialsAreStoredAsTextAndStayTheSame() {
        Principal principal = new Principal(
                "alice", 1, List.of(Grant.of(EnumSet.of(Action.READ, Action.APPEND), "team/*/{sub}/**")), true);

        SubscriptionOwner owner = OwnerRights.owner(principal);

        assertThat(owner)
                .isEqualTo(new SubscriptionOwner(
                        "alice", true, List.of(new SubscriptionOwner.StoredGrant("append,read", "team/*/{sub}/**"))));
        rights.add(policy((restored, action) -> {
            assertThat(restored.expiresAtMillis()).isEqualTo(Long.MAX_VALUE);
            assertThat(restored.grants()).hasToString(principal.grants().toString());
            return true;
        }));
        assertThat(rights.mayRead(owner, A)).isTrue();
    }
}
