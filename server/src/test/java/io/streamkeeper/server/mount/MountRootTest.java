package io.streamkeeper.server.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountRootTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/streams/",
                "/api/streams/a",
                "/api/streams/a/b?c=d",
                "/api/streams/?c=d",
                "http://host/api/streams/a",
                "HTTPS://host:80/api/streams/a?b=c/d"
            })
    void itHoldsWhatIsBelow(String target) {
        assertThat(new MountRoot("/api/streams/").holds(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "/",
                "/api/streams",
                "/api/streams?a=/api/streams/",
                "/API/streams/a",
                "/api/%73treams/a",
                "//api/streams/a",
                "/x/api/streams/a",
                "api/streams/a",
                "host:443",
                "http://host",
                "http://host/",
                "http://host?/api/streams/a",
                "http://host/x?a=http://host/api/streams/a"
            })
    void itHoldsNothingElse(String target) {
        assertThat(new MountRoot("/api/streams/").holds(target)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b?c", "http://host/"})
    void theWholeServerMayBeIt(String target) {
        assertThat(new MountRoot("/").holds(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a", "a/"})
    void itBeginsAndEndsWithASlash(String path) {
        assertThatThrownBy(() -> new MountRoot(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("root \"" + path + "\" is not valid");
    }
}
