/** The services of Amazon Web Services, and what speaks their protocols: objects in S3, secrets in Secrets Manager. */
@NullMarked
package io.github.keywharf.aws;

import org.jspecify.annotations.NullMarked;
