package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A grant that was stored as text allows what it allowed before. */
class StoredGrantTest {
    private static final String NAME = "alice";

    private static Grant restored(Grant grant) {
        return Grant.ofStored(grant.storedActions(), grant.storedPaths());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a*b", "{sub}", "a\\", "a\\*", "**", "a/{x}/*", "ä b"})
    void aPrefixKeepsItsCharactersAndMatchesNothingMore(String prefix) {
        for (PathPattern pattern : PathPattern.prefix(prefix)) {
            Grant restored = restored(new Grant(EnumSet.of(Action.READ), pattern));

            for (String path : new String[] {prefix, prefix + "/x", "axb", "a", NAME, "ab", "a/b/c", "anything"}) {
                assertThat(restored.allows(Action.READ, path, NAME))
                        .as("%s on %s", pattern, path)
                        .isEqualTo(pattern.matches(path, NAME));
            }
            assertThat(restored.storedPaths()).isEqualTo(pattern.stored());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"**", "*", "a/*", "a*/b", "a/**/b", "users/{sub}/**", "***", "{sub}*"})
    void aPatternKeepsItsWildcards(String text) {
        Grant grant = Grant.of(EnumSet.allOf(Action.class), text);
        Grant restored = restored(grant);

        for (String path : new String[] {"a", "a/b", "ab/b", "a/x/y/b", "users/alice/x", "users/bob/x", "alicex"}) {
            assertThat(restored.allows(Action.APPEND, path, NAME))
                    .as("%s on %s", text, path)
                    .isEqualTo(grant.allows(Action.APPEND, path, NAME));
        }
        assertThat(restored.storedActions()).isEqualTo(grant.storedActions());
    }

    @Test
    void anotherTextIsRefused() {
        assertThatThrownBy(() -> Grant.ofStored("read", "a\\")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Grant.ofStored("read", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Grant.ofStored("reed", "a")).isInstanceOf(IllegalArgumentException.class);
    }
}
