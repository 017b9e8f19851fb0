// Package tools pins the control plane that judges the objects of a stack, since a release of it cannot be downloaded everywhere.
//
//go:build tools

package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
