package io.streamkeeper.server.http.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HeaderNameTest {
    @Test
    void everyNameIsReadByAnotherClass() {
        Set<String> read = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.streamkeeper.server")
                        .stream()
                        .flatMap(type -> type.getFieldAccessesFromSelf().stream())
                        .filter(access -> access.getTargetOwner().isEquivalentTo(HeaderName.class))
                        .filter(access -> !access.getOriginOwner().isEquivalentTo(HeaderName.class))
                        .map(access -> access.getTarget().getName())
                        .collect(Collectors.toSet());

        assertThat(Arrays.stream(HeaderName.values()).map(HeaderName::name)).isSubsetOf(read);
    }

    @Test
    void aScriptMaySetEveryFieldOfTheProtocolAndNoneThatBrowsersSet() {
        assertThat(HeaderName.setByScripts().map(HeaderName::text))
                .contains("content-type", "if-match", "if-none-match", "last-event-id", "producer-id", "stream-ttl")
                .doesNotContain("host", "connection", "content-length", "transfer-encoding", "origin");
        assertThat(Arrays.stream(HeaderName.values()).map(HeaderName::text))
                .filteredOn(name -> name.startsWith("stream-") || name.startsWith("producer-"))
                .isSubsetOf(HeaderName.setByScripts().map(HeaderName::text).toList());
    }
}
