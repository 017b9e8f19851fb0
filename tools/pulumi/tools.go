// Package tools pins the Pulumi CLI that is built where no release can be downloaded.
//
//go:build tools

package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
