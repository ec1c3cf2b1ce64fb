/** The services of Amazon Web Services, and what speaks their protocols: objects in S3, secrets, flows of AppFlow. */
@NullMarked
package io.github.keywharf.aws;

import org.jspecify.annotations.NullMarked;
